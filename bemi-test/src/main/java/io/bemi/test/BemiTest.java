package io.bemi.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Tests that leave the tracked tables as they found them, whoever has written: after each
 * test they are rolled back to what they were when all {@code @BeforeAll} methods had
 * run, and after the last one, before the {@code @AfterAll} methods, to what they were
 * before all of these. {@link TestStates} and {@link io.bemi.query.Changes} can be
 * parameters. They come from the application context of a Spring test; without Spring,
 * register a {@link TestStatesExtension} instead.
 * <p>
 * Where tests run in parallel, those of such classes run one after the other.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(TestStatesExtension.class)
@ResourceLock(TestStatesExtension.RESOURCE)
public @interface BemiTest {

	/**
	 * When the state is marked to which each test is rolled back.
	 */
	Marking mark() default Marking.BEFORE_ALL;

	/**
	 * Whether sequences are put back, too, so that each test gets the same keys.
	 */
	boolean sequences() default false;

	/**
	 * When a state is marked.
	 */
	enum Marking {

		/**
		 * Once, when all {@code @BeforeAll} methods have run.
		 */
		BEFORE_ALL,

		/**
		 * Before the {@code @BeforeEach} methods of each test: what others have written
		 * between two tests stays.
		 */
		BEFORE_EACH

	}

}
