#include "base/order.h"

#include <stdint.h>

int order_by_id(const void *a, const void *b)
{
    const int64_t *x = a;
    const int64_t *y = b;
    return (*x > *y) - (*x < *y);
}
