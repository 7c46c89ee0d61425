/**
 * Tests of the worker, as an application and as several processes.
 */
@NullMarked
package io.bemi.worker;

import org.jspecify.annotations.NullMarked;
