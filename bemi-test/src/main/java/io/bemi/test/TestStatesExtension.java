package io.bemi.test;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Optional;

import io.bemi.query.Changes;
import io.bemi.test.BemiTest.Marking;
import io.bemi.test.TestStates.Including;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Does what {@link BemiTest} says. In tests without Spring a static field that is
 * annotated with {@link org.junit.jupiter.api.extension.RegisterExtension} holds it, with
 * what it works on: <pre>{@code
 * static TestStatesExtension extension = TestStatesExtension.of(states, changes);
 * }</pre>
 */
public final class TestStatesExtension implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback,
		AfterAllCallback, InvocationInterceptor, ParameterResolver {

	/**
	 * What tests hold that use states: see
	 * {@link org.junit.jupiter.api.parallel.ResourceLock}.
	 */
	public static final String RESOURCE = "io.bemi.test.TestStates";

	private static final Namespace NAMESPACE = Namespace.create(TestStatesExtension.class);

	private final @Nullable TestTools given;

	private final @Nullable Marking marking;

	private final boolean sequences;

	/**
	 * For {@link BemiTest}, in tests with Spring.
	 */
	public TestStatesExtension() {
		this(null, null, false);
	}

	private TestStatesExtension(@Nullable TestTools given, @Nullable Marking marking, boolean sequences) {
		this.given = given;
		this.marking = marking;
		this.sequences = sequences;
	}

	/**
	 * An extension for tests without Spring.
	 * @param states the states of the database
	 * @param changes the history; {@code null} when no test asks for it
	 */
	public static TestStatesExtension of(TestStates states, @Nullable Changes changes) {
		return new TestStatesExtension(new TestTools(states, changes, () -> true), Marking.BEFORE_ALL, false);
	}

	/**
	 * The same one, that marks at another time.
	 * @param marking when
	 */
	public TestStatesExtension marking(Marking marking) {
		return new TestStatesExtension(this.given, marking, this.sequences);
	}

	/**
	 * The same one, that puts sequences back, too.
	 */
	public TestStatesExtension withSequences() {
		return new TestStatesExtension(this.given, this.marking, true);
	}

	@Override
	public void beforeAll(ExtensionContext context) {
		tools(context).states().mark(before(context), including(context));
	}

	@Override
	public void beforeEach(ExtensionContext context) {
		TestTools tools = tools(context);
		TestStates states = tools.states();
		String each = each(context);
		// Of another application context, a state is not known.
		if (marking(context) == Marking.BEFORE_EACH || !states.isMarked(each)) {
			states.mark(each, including(context));
		}
		InState wanted = find(context, InState.class);
		if (wanted != null) {
			states.rollbackTo(wanted.value());
		}
		context.getStore(NAMESPACE).put(TestTools.class, tools);
	}

	@Override
	public void afterEach(ExtensionContext context) {
		TestTools tools = context.getStore(NAMESPACE).get(TestTools.class, TestTools.class);
		if (tools != null && tools.isUsable()) {
			tools.states().rollbackTo(each(context));
		}
	}

	/**
	 * Before them, because they may stop the database.
	 */
	@Override
	public void interceptAfterAllMethod(Invocation<Void> invocation, ReflectiveInvocationContext<Method> method,
			ExtensionContext context) throws Throwable {
		restore(context);
		invocation.proceed();
	}

	@Override
	public void afterAll(ExtensionContext context) {
		restore(context);
	}

	private static void restore(ExtensionContext context) {
		TestTools tools = context.getStore(NAMESPACE).get(TestTools.class, TestTools.class);
		if (tools == null || !tools.states().isMarked(before(context))) {
			return;
		}
		TestStates states = tools.states();
		if (tools.isUsable()) {
			states.rollbackTo(before(context));
		}
		states.forget(before(context));
		states.forget(each(context));
	}

	private static String before(ExtensionContext context) {
		return "before " + context.getRequiredTestClass().getName();
	}

	private static String each(ExtensionContext context) {
		return "each test of " + context.getRequiredTestClass().getName();
	}

	private Marking marking(ExtensionContext context) {
		BemiTest annotation = find(context, BemiTest.class);
		Marking own = this.marking;
		return (own != null) ? own : (annotation != null) ? annotation.mark() : Marking.BEFORE_ALL;
	}

	private Including[] including(ExtensionContext context) {
		BemiTest annotation = find(context, BemiTest.class);
		boolean all = this.sequences || (annotation != null && annotation.sequences());
		return all ? new Including[] { Including.SEQUENCES } : new Including[0];
	}

	/**
	 * The annotation of the method, else of the class, else of those around it.
	 */
	private static <A extends Annotation> @Nullable A find(ExtensionContext context, Class<A> type) {
		Optional<A> found = context.getTestMethod().flatMap((method) -> AnnotationSupport.findAnnotation(method, type));
		Class<?> test = context.getRequiredTestClass();
		while (found.isEmpty() && test != null) {
			found = AnnotationSupport.findAnnotation(test, type);
			test = test.getEnclosingClass();
		}
		return found.orElse(null);
	}

	private TestTools tools(ExtensionContext context) {
		TestTools tools = (this.given != null) ? this.given : SpringTestTools.of(context);
		Store store = context.getStore(NAMESPACE);
		store.put(TestTools.class, tools);
		return tools;
	}

	@Override
	public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
		Class<?> type = parameter.getParameter().getType();
		// Spring fills constructors itself.
		return (type == TestStates.class || type == Changes.class)
				&& (this.given != null || parameter.getDeclaringExecutable() instanceof Method);
	}

	@Override
	public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
		TestTools tools = tools(context);
		if (parameter.getParameter().getType() == TestStates.class) {
			return tools.states();
		}
		Changes changes = tools.changes();
		if (changes == null) {
			throw new ParameterResolutionException(
					"There is no history: give TestStatesExtension.of(states, changes) one, or, with Spring, have a bean"
							+ " of the type Changes");
		}
		return changes;
	}

}
