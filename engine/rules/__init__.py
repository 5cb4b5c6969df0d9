"""Knowledge of the trade: pure, and each line with its source."""
