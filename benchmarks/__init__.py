"""What the slim customer-week costs in tiersim, in other tools, and at best on this machine."""
