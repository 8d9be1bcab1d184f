"""Reads expositions with prometheus_client's parsers.

Standard input is a JSON list of {"dialect": "text" | "openmetrics", "body": string}. Standard output is a JSON list with,
for each of them, either a list of samples or the parser's objection. Numbers go out as Python's repr, which is exact.
"""
import json
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text


def plain(sample):
    exemplar = sample.exemplar
    return {
        "name": sample.name,
        "labels": sample.labels,
        "value": repr(float(sample.value)),
        "exemplar": exemplar and {
            "labels": exemplar.labels,
            "value": repr(float(exemplar.value)),
            "timestamp": exemplar.timestamp and repr(float(exemplar.timestamp)),
        },
    }


def read(dialect, body):
    parse = parse_openmetrics if dialect == "openmetrics" else parse_text
    try:
        return [plain(sample) for family in parse(body) for sample in family.samples]
    except ValueError as error:
        return str(error)


json.dump([read(item["dialect"], item["body"]) for item in json.load(sys.stdin)], sys.stdout)
