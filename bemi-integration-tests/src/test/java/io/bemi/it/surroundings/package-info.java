/**
 * Applications with the pools, data sources, poolers and servers that surround the
 * connection: each change still has its own context.
 */
@NullMarked
package io.bemi.it.surroundings;

import org.jspecify.annotations.NullMarked;
