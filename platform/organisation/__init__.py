"""Who answers: units, jurisdictions, people, roles, permits and responsibility rules."""
