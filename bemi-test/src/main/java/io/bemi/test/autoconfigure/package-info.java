/**
 * Contributes {@link io.bemi.test.TestStates} to tests with Spring Boot: from the
 * application's data source to a bean.
 */
@NullMarked
package io.bemi.test.autoconfigure;

import org.jspecify.annotations.NullMarked;
