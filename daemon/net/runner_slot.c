#include <stdlib.h>

#include "base/mem.h"
#include "daemon/net/runner_private.h"

void runner_slot_add(struct runner *r)
{
    struct runner_slot *s = mem_alloc(sizeof(*s));
    s->runner = r;
    s->req = r->io.req;
    r->io.req = (struct http_req){0};
    *r->slots_end = s;
    r->slots_end = &s->next;
    r->n_slots++;
}

struct runner_slot *runner_slot_shift(struct runner *r)
{
    struct runner_slot *s = r->slots;
    r->slots = s->next;
    if (!r->slots)
        r->slots_end = &r->slots;
    r->n_slots--;
    return s;
}

void runner_slot_free(struct runner_slot *s)
{
    client_cancel(s->call);
    http_req_clear(&s->req);
    http_res_clear(&s->res);
    free(s);
}

void runner_slots_drop(struct runner *r)
{
    while (r->slots)
        runner_slot_free(runner_slot_shift(r));
    r->n_flying = 0;
}
