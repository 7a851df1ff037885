"""From rows of cases to the cells of a scorecard."""
