/* The shipped genre tree as it is, in read-only memory. Assembled from the repository root with -I. */
    .section .rodata.tree_shipped, "a", @progbits
    .global tree_shipped_begin
    .type tree_shipped_begin, @object
tree_shipped_begin:
    .incbin "etc/genres.conf"
    .size tree_shipped_begin, . - tree_shipped_begin
    .global tree_shipped_end
    .type tree_shipped_end, @object
tree_shipped_end:
    .byte 0
    .size tree_shipped_end, 1
    .section .note.GNU-stack, "", @progbits
