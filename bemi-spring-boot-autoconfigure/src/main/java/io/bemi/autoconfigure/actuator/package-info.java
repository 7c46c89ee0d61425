/**
 * From what runs in this application to an endpoint of Spring Boot's actuator.
 */
@NullMarked
package io.bemi.autoconfigure.actuator;

import org.jspecify.annotations.NullMarked;
