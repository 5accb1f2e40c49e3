/* What a build without npm shows in the page's place. */
#include "daemon/page.h"

static const unsigned char line[] =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>genred</title><p>genred is at "
    "work, but was built without its page. In a terminal, <code>genrectl</code> tells more.\n";

const struct page_file page_files[] = {
    {"/", "text/html; charset=utf-8", "\"without\"", line, sizeof(line) - 1, 0}};
const size_t page_n_files = 1;
