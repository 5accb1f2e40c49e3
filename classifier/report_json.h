/* A model's evaluation as JSON, everything that the page of report.h shows. */
#ifndef CLASSIFIER_REPORT_JSON_H
#define CLASSIFIER_REPORT_JSON_H

#include "base/json.h"
#include "classifier/report.h"

/* Caller: json_free. What there is none of (a threshold, a share of nothing) is null. */
struct json *report_json(const struct report *r);

#endif
