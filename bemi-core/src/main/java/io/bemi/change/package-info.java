/**
 * What a recorded change is: the vocabulary that every later stage shares.
 */
@NullMarked
package io.bemi.change;

import org.jspecify.annotations.NullMarked;
