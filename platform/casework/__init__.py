"""What is wrong and by when: catalogue, intake, workflow, clock, evidence, queries, journal."""
