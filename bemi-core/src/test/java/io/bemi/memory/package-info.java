/**
 * Recording in processes with little memory.
 */
@NullMarked
package io.bemi.memory;

import org.jspecify.annotations.NullMarked;
