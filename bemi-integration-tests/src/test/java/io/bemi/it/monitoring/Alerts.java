package io.bemi.it.monitoring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;

import org.yaml.snakeyaml.Yaml;

/**
 * The alerts of the documentation, as far as Prometheus would evaluate them: the forms of
 * expressions that are in the file, without the time for which they must hold.
 *
 * @param expressions the expressions by the name of the alert
 */
record Alerts(Map<String, String> expressions) {

	private static final Pattern EXPRESSION = Pattern.compile(
			"(?:(max|min) by \\(job, database, group\\) |(increase))\\((bemi_[a-z_]+)(?:\\[\\d+m])?\\) (==|<|>) (\\d+(?:\\.\\d+)?)");

	@SuppressWarnings("unchecked")
	static Alerts read() {
		try {
			Map<String, Object> file = new Yaml()
				.load(Files.readString(Path.of("../docs/monitoring/prometheus-alerts.yml")));
			Map<String, String> expressions = new LinkedHashMap<>();
			for (Map<String, Object> group : (List<Map<String, Object>>) Objects.requireNonNull(file.get("groups"))) {
				for (Map<String, Object> rule : (List<Map<String, Object>>) Objects
					.requireNonNull(group.get("rules"))) {
					expressions.put((String) rule.get("alert"), (String) rule.get("expr"));
				}
			}
			return new Alerts(expressions);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The alerts whose condition holds.
	 * @param instances the instances of one job
	 */
	Set<String> firing(Instance... instances) {
		Set<String> firing = new TreeSet<>();
		this.expressions.forEach((alert, expression) -> {
			if (holds(expression, instances)) {
				firing.add(alert);
			}
		});
		return firing;
	}

	private static boolean holds(String expression, Instance... instances) {
		Matcher matcher = EXPRESSION.matcher(expression);
		if (!matcher.matches()) {
			throw new IllegalStateException("Not known how to evaluate " + expression);
		}
		double[] values = DoubleStream.of(values(matcher.group(2) != null, matcher.group(3), instances))
			.filter((value) -> !Double.isNaN(value))
			.toArray();
		if (values.length == 0) {
			return false;
		}
		DoubleStream stream = DoubleStream.of(values);
		double value = "min".equals(matcher.group(1)) ? stream.min().getAsDouble() : stream.max().getAsDouble();
		double threshold = Double.parseDouble(matcher.group(5));
		return switch (matcher.group(4)) {
			case ">" -> value > threshold;
			case "<" -> value < threshold;
			default -> value == threshold;
		};
	}

	private static double[] values(boolean increase, String name, Instance... instances) {
		return List.of(instances)
			.stream()
			.mapToDouble((instance) -> increase ? instance.increase(name) : instance.value(name))
			.toArray();
	}

}
