package io.bemi.sample.dashboard;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Tests of the dashboard in a browser. They take a {@link Browser}, in which
 * {@code auditor} is logged in, and a {@link Sample}: the same for all classes, so that
 * each test makes todos of its own. A test fails where the browser complains.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(DashboardExtension.class)
@interface DashboardTest {

}
