package io.bemi.change;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * What JPA's annotations say about columns, read by their names: an application need not
 * have JPA.
 */
final class JpaAnnotations {

	private static final String PACKAGE = "jakarta.persistence.";

	private static final Set<String> NO_COLUMN = Set.of("Transient", "ManyToOne", "OneToOne", "OneToMany", "ManyToMany",
			"ElementCollection");

	private JpaAnnotations() {
	}

	static boolean isNoColumn(List<? extends AnnotatedElement> elements) {
		return annotations(elements).anyMatch((annotation) -> NO_COLUMN.contains(name(annotation)));
	}

	static boolean isEmbedded(List<? extends AnnotatedElement> elements, Class<?> type) {
		return annotations(elements)
			.anyMatch((annotation) -> Set.of("Embedded", "EmbeddedId").contains(name(annotation)))
				|| annotations(List.of(type)).anyMatch((annotation) -> name(annotation).equals("Embeddable"));
	}

	/**
	 * The name of the column, without quotes.
	 */
	static @Nullable String column(List<? extends AnnotatedElement> elements) {
		return annotations(elements).filter((annotation) -> name(annotation).equals("Column"))
			.map(JpaAnnotations::columnName)
			.filter((name) -> !name.isEmpty())
			.findFirst()
			.orElse(null);
	}

	/**
	 * The columns of embedded properties, by their path.
	 */
	static Map<String, String> overrides(List<? extends AnnotatedElement> elements) {
		Map<String, String> columns = new HashMap<>();
		annotations(elements).forEach((annotation) -> {
			if (name(annotation).equals("AttributeOverride")) {
				override(annotation, columns);
			}
			else if (name(annotation).equals("AttributeOverrides")
					&& attribute(annotation, "value") instanceof Annotation[] several) {
				Stream.of(several).forEach((one) -> override(one, columns));
			}
		});
		return columns;
	}

	private static void override(Annotation annotation, Map<String, String> columns) {
		if (attribute(annotation, "column") instanceof Annotation column) {
			columns.put(String.valueOf(attribute(annotation, "name")), columnName(column));
		}
	}

	private static String columnName(Annotation column) {
		String name = String.valueOf(attribute(column, "name"));
		boolean quoted = name.length() > 2 && (name.startsWith("\"") || name.startsWith("`"));
		return quoted ? name.substring(1, name.length() - 1) : name;
	}

	private static Stream<Annotation> annotations(List<? extends AnnotatedElement> elements) {
		return elements.stream()
			.flatMap((element) -> Stream.of(element.getAnnotations()))
			.filter((annotation) -> annotation.annotationType().getName().startsWith(PACKAGE));
	}

	private static String name(Annotation annotation) {
		return annotation.annotationType().getSimpleName();
	}

	private static @Nullable Object attribute(Annotation annotation, String name) {
		try {
			return annotation.annotationType().getMethod(name).invoke(annotation);
		}
		catch (ReflectiveOperationException ex) {
			return null;
		}
	}

}
