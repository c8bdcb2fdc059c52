"""Places, shapes, the unit grid, layers and routes; knows nothing of cases or people."""
