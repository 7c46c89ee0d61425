/**
 * Tests as users write them, with Spring Boot.
 */
@NullMarked
package io.bemi.test.boot;

import org.jspecify.annotations.NullMarked;
