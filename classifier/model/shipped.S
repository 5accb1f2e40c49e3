/* The shipped model as it is, in read-only memory. Assembled from the repository root with -I. */
    .section .rodata.model_shipped, "a", @progbits
    .balign 4096
    .global model_shipped_begin
    .type model_shipped_begin, @object
model_shipped_begin:
    .incbin "classifier/model/genres.model"
    .size model_shipped_begin, . - model_shipped_begin
    .global model_shipped_end
    .type model_shipped_end, @object
model_shipped_end:
    .byte 0
    .size model_shipped_end, 1
    .section .note.GNU-stack, "", @progbits
