"""Bars of a chart, as rectangles to be drawn: plain Python, no words, no colours."""

# Of a group: its bars, side by side, with room to both sides of them.
BARS_PART = 0.72


def draw_bars(groups, width=1200, height=240):
    """Return the bars of several groups, from one line up for what is positive and down for what is
    negative.

    :param list groups: tuples of values, all of the same length; a bar for each value
    :param int width: of the drawing
    :param int height: of the drawing, from the largest value to the smallest
    :return: ``width``, ``height``, ``zero`` (where the line is, from the top), and ``bars``: dicts
        with ``series`` (the place of the value in its group), ``x``, ``y``, ``width``, ``height``
    :rtype: dict
    """
    values = [value for group in groups for value in group]
    top, bottom = max([0, *values]), min([0, *values])
    scale = height / ((top - bottom) or 1)
    zero = top * scale
    bars = []
    for number, group in enumerate(groups):
        slot = width / len(groups)
        bar = slot * BARS_PART / len(group)
        for series, value in enumerate(group):
            bars.append(
                {
                    "series": series,
                    "x": round(slot * (number + (1 - BARS_PART) / 2) + bar * series, 1),
                    "y": round(zero - max(value, 0) * scale, 1),
                    "width": round(bar, 1),
                    "height": round(abs(value) * scale, 1),
                }
            )
    return {"width": width, "height": height, "zero": round(zero, 1), "bars": bars}
