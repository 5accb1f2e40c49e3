"""Answers that arrive whole and are wrong inside."""

import json

import shapes

ROWS = ("content", "urls", "artists", "recordings", "genres", "items", "tag")


def changed(response, change):
    """The response with its JSON value replaced; one that holds no JSON object is left alone."""
    try:
        value = json.loads(response.body)
    except ValueError:
        return response
    if isinstance(value, (dict, list)):
        response.body = shapes.dump(change(value)).encode()
    return response


def null_items(value):
    """Every seventh entry loses its content; in a list of playlists the entry itself."""
    rows = value.get("items") if isinstance(value, dict) else None
    for n, row in enumerate(rows if isinstance(rows, list) else ()):
        if n % 7 == 2:
            keys = [key for key in ("track", "item") if isinstance(row, dict) and key in row]
            for key in keys:
                row[key] = None
            if not keys:
                rows[n] = None
    return value


def double_rows(value):
    """Each row twice; the second has other numbers."""
    if isinstance(value, list):
        return [double_rows(each) for each in value]
    if not isinstance(value, dict):
        return value
    for name, rows in value.items():
        if name in ROWS and isinstance(rows, list):
            value[name] = [each for row in rows for each in (row, off(row))]
        else:
            value[name] = double_rows(rows)
    return value


def off(value):
    if isinstance(value, dict):
        return {name: off(each) for name, each in value.items()}
    if isinstance(value, list):
        return [off(each) for each in value]
    if isinstance(value, float):
        return round(value * 0.5 + 0.1, 4)
    return value + 1 if type(value) is int else value


def strings(value):
    """Numbers become strings, lists or null, texts become numbers, whole branches vanish."""
    count = [0]

    def turn(each, depth):
        count[0] += 1
        n = count[0]
        if isinstance(each, (dict, list)):
            if depth > 1 and n % 7 == 5:
                return None if n % 2 else "none"
            if isinstance(each, list):
                return [turn(one, depth + 1) for one in each]
            return {name: turn(one, depth + 1) for name, one in each.items()}
        if type(each) in (int, float):
            return (str(each), None, [each], f"{each}dB")[n % 4]
        return 7 if isinstance(each, str) and n % 5 == 1 else each

    return turn(value, 0)
