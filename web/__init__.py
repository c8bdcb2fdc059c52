"""Where people and programs come in: pages, maps, the API and the command line."""
