"""Which words do the figures and charts of the command centre say?"""

from __future__ import annotations

from wanmi.web.maps.words import N_

CHARTS_WORDS: dict[str, str] = {
    # bars
    "bar_told": N_("%(name)s: %(all)s cases, %(overdue)s of them overdue"),
    "bars_none": N_("No case fits this filter."),
    "bars_more": N_("and others"),
    # worst
    "worst_cell": N_("Worst cells"),
    "worst_street": N_("Worst streets"),
    "worst_zone": N_("Worst zones"),
    "worst_open_told": N_("Most open cases, within the filter"),
    "worst_overdue_told": N_("Most open cases whose stage has run out, within the filter"),
    "worst_density_told_km2": N_("Most cases of the filter per km²"),
    "worst_density_told_km": N_("Most cases of the filter per km of street"),
    "worst_rising_told": N_(
        "Reported from %(from)s to %(to)s, more than in as long a time before; whatever their state"
    ),
    "worst_none": N_("Nothing is worse than nothing by this criterion: zero everywhere."),
    "value_open": N_("%(n)s open"),
    "value_overdue": N_("■ %(n)s overdue"),
    "value_km2": N_("%(n)s per km²"),
    "value_km": N_("%(n)s per km"),
    "value_rising": N_("▲ %(n)s (%(before)s → %(recent)s)"),
    "beside_open": N_("of %(n)s open"),
    "beside_overdue": N_("■ %(n)s overdue"),
    "beside_size_km2": N_("%(n)s on %(size)s km²"),
    "beside_size_km": N_("%(n)s on %(size)s km"),
    # trend
    "from_to": N_("%(from)s to %(to)s"),
    "trend_told": N_("Reported and closed per %(bin)s, %(from)s to %(to)s, whatever their state"),
    "per_hour": N_("hour"),
    "per_day": N_("day"),
    "trend_all": N_("reported %(reported)s, closed %(closed)s"),
    "chart_not_loaded": N_("The chart could not be loaded; the numbers are in this table."),
    # beside the period before
    "compared_told": N_("%(from)s to %(to)s; change against %(before_from)s to %(before_to)s"),
    "period_today": N_("Today"),
    "period_filter": N_("In the filter's time"),
    # rotation
    "rotating": N_("Views rotate every %(n)s s; any input pauses them"),
    "rotation_paused": N_("Rotation paused; it goes on after %(n)s s without input"),
}
"""Key in the scripts → English message with %(name)s for each value."""
