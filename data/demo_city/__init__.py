"""How is the demonstration city (示意数据) made from a hand-drawn schematic and the code lists?"""
