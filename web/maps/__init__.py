"""Folium maps that ask no other host for anything.

`base.WanmiMap` composes a map, `layers` puts cells, shapes, issues and the base map on it,
`edges` packs the cells, `ground` packs the base map, `escape` is the way of every text.
"""
