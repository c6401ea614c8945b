"""Effects by name: the library, what a scenario makes of names, and what is wrong with them."""

from __future__ import annotations

import math
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiersim.errors import ScenarioError
from tiersim.scenario.effects import NO_TARGET, REPEATED, TARGETS, evidence_of, reads_as_number, shipped
from tiersim.scenario.explain import explain
from tiersim.scenario.files import read_text
from tiersim.scenario.load import load, loads, provenance_of
from tiersim.scenario.write import resolved_tree, resolved_yaml, to_yaml

VISITS = "strategies.executive visits.effects.wallet_share"
PLAN = "strategies.promotion plan.effects.order_rate"
OWN = {"target": "order_rate", "claim": "+10 %", "source": "a test", "grade": "claimed"}
FILE = Path(__file__).parents[2] / "src/tiersim/scenario/library/effects.yaml"


def with_effects(own=None, **changes):
    """The machinery starter with own effects and changes by dotted path."""
    overrides = {f"effects.{name}": entry for name, entry in (own or {}).items()}
    return load("machinery", overrides | changes)


def faults(call, *args, **kwargs):
    with pytest.raises(ScenarioError) as caught:
        call(*args, **kwargs)
    for problem in caught.value.problems:
        assert "\n" not in str(problem) and "pydantic" not in str(problem) and "Input" not in str(problem)
    return caught.value.problems


# --- the library that tiersim brings ---


def test_every_entry_is_sound_and_says_how_good_it_is():
    library = shipped()
    assert len(library.effects) > 40
    for name, effect in library.effects.items():
        assert effect.source and effect.grade in ("claimed", "assumed"), name  # nobody has read a study
        assert not reads_as_number(name) and "," not in name, name  # fit for {order_rate: name}
        assert ("story" in effect.source or "template" in effect.source) == (effect.grade == "claimed") or (
            name == "cautious nurturing" or name == "cautious category offers"
        )
        if effect.target == NO_TARGET:
            assert effect.because
        elif effect.grade == "claimed":
            # The optimistic end: none at one end, the claim at the other.
            found = library.assumption(name)
            assert 0.0 in (found.distribution.low, found.distribution.high)
    assert {effect.target for effect in library.effects.values()} == {*TARGETS, NO_TARGET}


def test_claims_on_churn_are_total_and_nothing_else_is():
    for name, effect in shipped().effects.items():
        assert (effect.kind == "total") == (effect.target == "churn"), name


@pytest.mark.parametrize(
    ("name", "claimed"),
    [
        ("executive visits", 1.5),
        ("custom research", 120 / 50 - 1),
        ("deep binding", 3 / 8 - 1),
        ("wealth service", 5 / 25 - 1),
        ("nurturing", 8 / 3 - 1),
        ("retention in pay", 5 / 12 - 1),
    ],
)
def test_claims_are_converted_as_told(name, claimed):
    found = shipped().assumption(name).distribution
    assert found.kind == "claim" and found["claimed"] == pytest.approx(claimed, abs=0.004)


def test_points_are_a_pert_on_points_with_its_mode_at_a_quarter():
    found = shipped().assumption("feedback in 48 h").distribution
    assert found.parameters == (("low", 0.0), ("mode", 17 / 4), ("high", 92 - 75))


def test_repeated_figures_are_one_piece_of_evidence():
    library = shipped()
    assert library.repeated["retention in pay"] == ["retention in pay", "bot triage"]
    assert library.repeated["community"] == ["community", "community in education"]
    assert {"referred newcomers", "more high-value customers"} <= set(library.repeated)
    for origin, names in library.repeated.items():
        for name in names:
            if library.effects[name].target != NO_TARGET:
                assert evidence_of(library.assumption(name)) == origin
    assert evidence_of(library.assumption("promotion plan")) is None


def test_the_library_file_is_a_library_file(tmp_path):
    assert list(read_text(FILE.read_bytes(), "f").tree) == ["effects"]


# --- names in a scenario ---


STORY = "a management plan's story, section"
SHARE = "lift of the share of wallet it settles at;"
NO = "no measurement"
PRESETS = {
    "machinery": {
        VISITS: ("claim", (1.5,), "claimed", f"{STORY} 3.1: joint business +150 % in 3 years at one company"),
        PLAN: ("claim", (0.22,), "claimed", f"{STORY} 5.1: LTV +22 % in half a year at one company"),
        "strategies.nurturing.effects.wallet_share": (
            "pert",
            (0, 0.08, 0.35),
            "assumed",
            f"{SHARE} the plan's story (3 to 8 orders a month) is beyond any range we would use",
        ),
        "strategies.service rules.effects.churn_price": ("pert", (-0.3, -0.08, 0), "assumed", NO),
        "strategies.service rules.effects.churn_product": ("pert", (-0.3, -0.08, 0), "assumed", NO),
    },
    "retail": {
        "strategies.diamond service.satisfaction": ("pert", (0, 3, 8), "assumed", f"points; {NO}"),
        "strategies.diamond service.effects.order_rate": ("pert", (0, 0.03, 0.12), "assumed", NO),
        "strategies.category offers.effects.order_rate": (
            "pert",
            (0, 0.04, 0.15),
            "assumed",
            "the plan's story (+35 % in one category) is not a whole basket",
        ),
        "strategies.category offers.effects.churn_price": ("pert", (-0.25, -0.06, 0), "assumed", NO),
        "strategies.app tips.effects.wallet_share": ("pert", (0, 0.03, 0.15), "assumed", f"{SHARE} {NO}"),
    },
}
"""What the presets wrote out before there was a library."""


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_say_by_name_what_they_said_before(preset):
    scenario = load(preset)
    assert set(provenance_of(scenario).names) == set(PRESETS[preset])
    for path, (kind, parameters, grade, source) in PRESETS[preset].items():
        found = explain(scenario, path).value
        assert (found.distribution.kind, found.grade, found.source) == (kind, grade, source)
        assert tuple(value for _, value in found.distribution.parameters) == parameters


def test_a_name_is_the_assumption_written_out():
    named = load("machinery")
    tree = resolved_tree(named)
    assert isinstance(tree["strategies"]["executive visits"]["effects"]["wallet_share"], dict)
    assert "effects" not in tree and "library" not in tree
    again = loads(to_yaml(tree))
    assert again == named and again.sha256 == named.sha256
    assert provenance_of(again).names == {}


def test_the_hash_is_of_what_is_said():
    base = load("machinery")
    by_name = base.override({PLAN: "community"})
    written = base.override({PLAN: shipped().effects["community"].written(REPEATED + "community")})
    assert by_name == written != base
    unused = with_effects({"never used": OWN})
    assert unused == base


def test_overrides_by_dotted_path_and_back():
    base = load("machinery")
    changed = base.override(f"{PLAN}=tier rules")
    assert changed.strategies["promotion plan"].effects["order_rate"].source.startswith("a management plan")
    assert changed.override({PLAN: "promotion plan"}) == base
    assert changed.override(f"{PLAN}=+5 %").strategies["promotion plan"].effects["order_rate"].value == 0.05
    for number in ("0.05", "5 %", "+5%"):
        assert (
            not base.override({PLAN: number}).strategies["promotion plan"].effects["order_rate"].is_uncertain
        )


def test_an_own_effect_replaces_one_of_the_library_whole():
    scenario = with_effects({"promotion plan": {**OWN, "note": "ours"}})
    found = scenario.strategies["promotion plan"].effects["order_rate"]
    assert (found.source, found.note, found.distribution["claimed"]) == ("a test", "ours", 0.1)
    # Overridden once more, nothing of the first is left.
    again = scenario.override({"effects.promotion plan": {**OWN, "claim": "+3 %", "source": "another"}})
    assert again.strategies["promotion plan"].effects["order_rate"].note is None
    [fault] = faults(scenario.override, {"effects.promotion plan.claim": "+3 %"})
    assert "an effect is replaced whole" in str(fault)


def test_explain_says_which_effect_stands_there():
    found = explain(load("machinery"), VISITS)
    assert found.effect.startswith("executive visits (effect library:")
    assert found.where.startswith("preset machinery:")
    assert found.grade == "claimed" and "name of an effect" in found.allowed
    assert explain(load("machinery"), "baseline.churn").effect is None
    assert explain(load("machinery").override({PLAN: "+5 %"}), PLAN).effect is None


def test_names_travel_between_processes():
    scenario = load("machinery")
    assert provenance_of(pickle.loads(pickle.dumps(scenario))).names == provenance_of(scenario).names


def test_declared_follows_the_effect():
    lock = {"tiers": ["S"], "channel": "visits", "price": 100, "effects": {"churn": "retention in pay"}}
    assert load("machinery", {"strategies.lock": lock}).strategies["lock"].declared == "total"
    own = {"held": {**OWN, "target": "churn", "claim": "-10 %"}}
    direct = {**lock, "effects": {"churn": "held"}}
    assert with_effects(own, **{"strategies.lock": direct}).strategies["lock"].declared == "direct"
    [fault] = faults(load, "machinery", {"strategies.lock": {**lock, "declared": "direct"}})
    assert "is direct, but the effect 'retention in pay' on churn is total" in str(fault)
    both = {**lock, "effects": {"churn": "retention in pay", "churn_price": "service rules against price"}}
    [fault] = faults(load, "machinery", {"strategies.lock": both})
    assert "a total effect on churn, which holds churn_price already" in str(fault)


# --- a library of one's own in a file ---


STARTER = """\
preset: machinery
name: Mine
start: 2026-01-05
customers: 1200
baseline: {revenue: 480 m / year, margin: 24 %, churn: 12 %, satisfaction: 74}
budget: {yearly: 14 m / year, split: {S+A: 60 %, B: 30 %, C: rest}}
tiers: {S: {share: 5 %}, A: {share: 15 %}, B: {share: 30 %}, C: {share: rest}}
"""
LIBRARY = """\
effects:
  spare parts day:
    target: order_rate
    normal: [6 %, 2 %]
    source: pilot in the East
    grade: fitted
  promotion plan: {target: order_rate, value: 4 %, source: pilot in the East, grade: fitted}
"""


def test_a_library_lies_beside_the_file_that_names_it(write):
    write("shared/ours.yaml", LIBRARY)
    write("shared/base.yaml", STARTER + "library: ours.yaml\n")
    write(
        "my.yaml",
        "extends: shared/base.yaml\nstrategies:\n  nurturing:\n"
        "    effects: {wallet_share: null, order_rate: spare parts day}\n",
    )
    scenario = load("my.yaml")
    found = explain(scenario, "strategies.nurturing.effects.order_rate")
    assert found.grade == "fitted" and found.where == "my.yaml:4"
    assert found.effect == "spare parts day (shared/ours.yaml:2)"
    # One of the same name lies above tiersim's; the scenario's own section lies above its library.
    assert scenario.strategies["promotion plan"].effects["order_rate"].value == 0.04
    write(
        "top.yaml",
        "extends: my.yaml\neffects:\n"
        "  promotion plan: {target: order_rate, value: 1 %, source: x, grade: assumed}\n",
    )
    assert load("top.yaml").strategies["promotion plan"].effects["order_rate"].value == 0.01
    assert loads(resolved_yaml(scenario)) == scenario


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("library: our.yaml", "the library cannot be used: our.yaml: no such file; did you mean"),
        ("library: [ours.yaml]", "library: must be text"),
        ("library: 5", "library: must be text"),
        ("library: wrong.yaml", "tiers: cannot stand in a library of effects. Allowed here: effects"),
        ("library: empty.yaml", "empty.yaml: is empty"),
        ("library: .", "the library cannot be used"),
    ],
)
def test_libraries_that_cannot_be_used(write, text, said):
    write("ours.yaml", LIBRARY)
    write("empty.yaml", "")
    write("wrong.yaml", LIBRARY + "tiers: {}\nname: x\n")
    write("my.yaml", STARTER + text + "\n")
    assert said in str(faults(load, "my.yaml")[0])


def test_a_library_is_no_override():
    [fault] = faults(load, "machinery", "library=ours.yaml")
    assert "cannot be overridden" in str(fault)


# --- what is wrong, with file and line ---


def test_all_errors_of_a_file_at_once_with_their_lines(write):
    write(
        "my.yaml",
        STARTER + "effects:\n"
        "  ours: {target: order_rate, claim: +5 %, grade: claimed}\n"
        "  theirs: {target: order_rte, value: 5 %, source: x, grade: claimed}\n"
        "strategies:\n"
        "  promotion plan: {effects: {order_rate: promotoin plan}}\n"
        "  nurturing: {effects: {wallet_share: bot}}\n"
        "  executive visits: {price: community}\n"
        "horizont: 3 years\n",
    )
    told = {problem.path: problem for problem in faults(load, "my.yaml")}
    assert {path: problem.line for path, problem in told.items()} == {
        "effects.ours.source": 9,
        "effects.theirs.target": 10,
        PLAN: 12,
        "strategies.nurturing.effects.wallet_share": 13,
        "strategies.executive visits.price": 14,
        "horizont": 15,
    }
    assert all(problem.file == "my.yaml" for problem in told.values())
    assert told[PLAN].nearest == "promotion plan"
    assert told["effects.theirs.target"].nearest == "order_rate"
    assert "bot share" in told["strategies.nurturing.effects.wallet_share"].message


@pytest.mark.parametrize(
    ("path", "name", "said"),
    [
        (PLAN, "executive visits", "is an effect on wallet_share, not on order_rate"),
        (PLAN, "bot", "is no input but a figure to reproduce; what would: bot:"),
        (PLAN, "5 kg", "5 kg"),
        (PLAN, "nobody knows", "is neither a number nor the name of an effect"),
        (PLAN, "  ", "strategies.promotion plan.effects.order_rate"),
        ("strategies.nurturing.satisfaction", "community", "is an effect on order_rate, not on satisfaction"),
        (VISITS, "feedback in 48 h", "is an effect on satisfaction, not on wallet_share"),
        ("strategies.nurturing.price", "community", "an effect's name does not fit"),
        ("baseline.churn", "retention in pay", "an effect's name does not fit"),
    ],
)
def test_names_that_do_not_fit(path, name, said):
    [fault] = faults(load, "machinery", {path: name})
    assert fault.path == path and said in str(fault)


@pytest.mark.parametrize(
    ("changes", "at", "said"),
    [
        ({"source": None}, ".source", "is missing"),
        ({"grade": None}, ".grade", "is missing"),
        ({"grade": "sure"}, ".grade", "not one of the words"),
        ({"source": ""}, ".source", "must not be empty"),
        ({"claim": None}, "", "needs exactly one of value or a distribution"),
        ({"value": "5 %"}, "", "needs exactly one of value or a distribution"),
        ({"claim": "-100 %"}, "", "a claim must be above -100 %"),
        ({"claim": "lots"}, "", "claim"),
        ({"claim": 4000}, "", "outside its field's bounds"),
        ({"kind": "total"}, "", "only an effect on churn as a whole"),
        ({"target": "satisfaction"}, "", "claims points"),
        ({"target": "none"}, "", "takes no value"),
        ({"target": "none", "claim": None}, "", "needs because"),
        ({"because": "x"}, "", "needs no because"),
        ({"target": "orders"}, ".target", "not one of the words"),
        ({"same_as": "comunity"}, ".same_as", "did you mean community?"),
        ({"same_as": "mine"}, ".same_as", "circle"),
        ({"claims": "5 %"}, ".claims", "unknown key"),
        ({"pert": [1, 2], "claim": None}, "", "pert needs its parameters"),
    ],
)
def test_wrong_entries(changes, at, said):
    entry = {key: value for key, value in {**OWN, **changes}.items() if value is not None}
    found = faults(with_effects, {"mine": entry}, **{PLAN: "mine"})
    assert [problem.path for problem in found] == [f"effects.mine{at}"]
    assert said in str(found[0])


def test_a_number_is_no_name():
    found = faults(with_effects, {"5 %": OWN})
    assert any("reads as a number" in str(problem) for problem in found)


ODD = [
    None, True, [], {}, [[]], {"a": {}}, "", " ", "rest", "nan", "5 kg", "{x}", "%s", "-1", "1e400", "9" * 50,
    "北", "=1", float("nan"), float("inf"), -1, 0, 1e300, 10**30, {"value": 1}, ["community"],
]  # fmt: skip


@given(
    key=st.sampled_from([*OWN, "kind", "note", "because", "same_as", "pert", "beta"]),
    odd=st.sampled_from(ODD),
)
def test_odd_values_in_an_entry_end_in_clear_lines(key, odd):
    text = to_yaml(
        {
            "effects": {"mine": {**OWN, key: odd}},
            "strategies": {"promotion plan": {"effects": {"order_rate": "mine"}}},
        }
    )
    try:
        loads(STARTER + text)
    except ScenarioError as error:
        assert all("\n" not in str(problem) and problem.message for problem in error.problems)


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize("path", [PLAN, "strategies.nurturing.satisfaction", "effects", "effects.mine"])
def test_odd_values_where_effects_stand_end_in_clear_lines(path, odd):
    tree = odd
    for key in reversed(path.split(".")):
        tree = {key: tree}
    try:
        scenario = loads(STARTER + to_yaml(tree))
    except ScenarioError as error:
        assert all("\n" not in str(problem) and problem.message for problem in error.problems)
    else:
        for strategy in scenario.strategies.values():
            assert all(math.isfinite(found.central) for found in strategy.effects.values())
