/**
 * What is decided when an application is processed ahead of time.
 */
@NullMarked
package io.bemi.autoconfigure.aot;

import org.jspecify.annotations.NullMarked;
