package io.bemi.dashboard.api;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

import io.bemi.dashboard.http.Access;
import io.bemi.dashboard.http.Route;
import io.bemi.dashboard.live.LiveChanges;
import io.bemi.query.Changes;
import io.bemi.query.Json;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The document says what there is, and there is what it says.
 */
class OpenApiTests {

	private final Changes changes = Mockito.mock(Changes.class);

	private final List<Route> routes = Api.routes(this.changes, new History(this.changes, List::of, List::of), null,
			null, new LiveChanges(this.changes), Ingestion.ELSEWHERE, Access.open(), List::of, (request) -> null,
			"test", null);

	@Test
	void documentsEveryRouteAndNoOther() throws Exception {
		Set<String> documented = new TreeSet<>();
		object(document().get("paths")).forEach((path, item) -> object(item).keySet()
			.forEach((method) -> documented.add(method.toUpperCase(Locale.ROOT) + " " + path)));
		Set<String> served = new TreeSet<>();
		this.routes.forEach((route) -> served.add(route.method() + " " + route.template()));
		assertThat(documented).isEqualTo(served);
	}

	@Test
	void documentsEveryFilterAndNoOther() throws Exception {
		Set<String> documented = new TreeSet<>(object(object(document().get("components")).get("parameters")).keySet());
		documented.remove("context");
		assertThat(documented).containsExactlyInAnyOrderElementsOf(Filters.NAMES);
	}

	@Test
	void everyReferenceLeadsSomewhere() throws Exception {
		Map<String, Object> document = document();
		assertThat(references(document, new TreeSet<>())).isNotEmpty().allSatisfy((reference) -> {
			Object there = document;
			for (String part : reference.substring(2).split("/", -1)) {
				there = object(there).get(part);
				assertThat(there).as(reference).isNotNull();
			}
		});
	}

	private static Set<String> references(@Nullable Object value, Set<String> found) {
		if (value instanceof Map<?, ?> map) {
			map.forEach((key, member) -> {
				if (key.equals("$ref")) {
					found.add(String.valueOf(member));
				}
				references(member, found);
			});
		}
		else if (value instanceof List<?> list) {
			list.forEach((element) -> references(element, found));
		}
		return found;
	}

	private static Map<String, Object> document() throws Exception {
		try (InputStream in = Api.class.getResourceAsStream(Api.DOCUMENT)) {
			return object(Json.parse(new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)));
		}
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> object(@Nullable Object value) {
		return (Map<String, Object>) Objects.requireNonNull(value);
	}

}
