"""`tiersim effects`: the library as a table."""

from __future__ import annotations


def test_the_whole_library(tiersim):
    text = tiersim("effects").stdout
    line = next(line for line in text.splitlines() if line.startswith("promotion plan "))
    assert line.split()[2:10] == ["order_rate", "+1.5", "%", "+6.4", "%", "+14.0", "%", "direct"]
    assert "claimed" in line and "section 5.1: LTV +22 %" in line
    assert "No inputs but figures to reproduce" in text
    assert "retention in pay: told again as bot triage" in text


def test_a_word_and_a_name(tiersim):
    text = tiersim("effects", "churn_price").stdout
    assert "service rules against price" in text and "promotion plan" not in text
    one = tiersim("effects", "bot triage").stdout
    assert "retention in pay; one piece of evidence" in one and "section 7.4" in one
    figure = tiersim("effects", "procedures").stdout
    assert "because" in figure and "range" not in figure
    assert tiersim("effects", "BANK").stdout.count("bank") >= 3


def test_a_word_that_nothing_has(tiersim):
    assert "did you mean community?" in tiersim("effects", "comunity", code=2).stderr


def test_a_scenarios_own_effects(tiersim, folder):
    tiersim("new", "machinery", "my.yaml")
    with open("my.yaml", "a", encoding="utf-8") as file:
        file.write("effects:\n  our pilot: {target: referral, value: 5 %, source: a pilot, grade: fitted}\n")
    assert "our pilot" in tiersim("effects", "-s", "my.yaml", "referral").stdout
    assert "my.yaml:" in tiersim("effects", "our pilot", "-s", "my.yaml").stdout
    tiersim("effects", "our pilot", code=2)


def test_explain_and_check_speak_of_effects(tiersim):
    path = "strategies.executive visits.effects.wallet_share"
    assert "executive visits (effect library:" in tiersim("explain", path).stdout
    words = ("check", "machinery", "--set", "strategies.promotion plan.effects.order_rate=community")
    assert "no mistakes found" in tiersim(*words).stdout
    wrong = tiersim("check", "machinery", "--set", f"{path}=executiv visits", code=2).stderr
    assert "did you mean executive visits?" in wrong
