"""How answers look: values of the rooms below turned into JSON and words."""
