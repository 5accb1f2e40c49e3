/* Orders for qsort and bsearch. Pure; any thread. */
#ifndef BASE_ORDER_H
#define BASE_ORDER_H

/* Ascending, of structs whose first member is an int64_t: a row, a track. */
int order_by_id(const void *a, const void *b);

#endif
