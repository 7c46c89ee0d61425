package io.bemi.worker;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.bemi.kafka.ConnectorConfiguration;
import io.bemi.kafka.KafkaSettings;
import io.bemi.replication.ReplicationSettings;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Prints the configuration of the connector of a database, from that of the worker. The
 * password is not in it, but where Kafka Connect finds it.
 */
final class ConnectorCommand {

	static final String NAME = "connector";

	private static final String USAGE = """
			Usage: connector DATABASE [--partitions=NUMBER] [--replication-factor=NUMBER] [--password='${…}']
			Prints the configuration of the Debezium connector of a database that is configured with 'kafka', as JSON, to be
			posted to Kafka Connect. The password is where its configuration providers find it, ${env:BEMI_PASSWORD} unless
			another place is named. Properties of the worker may be given as well, such as --spring.config.location=….
			""";

	private static final Set<String> OPTIONS = Set.of("partitions", "replication-factor", "password");

	private static final String PASSWORD = "${env:BEMI_PASSWORD}";

	private final PrintStream output;

	private final PrintStream errors;

	ConnectorCommand(PrintStream output, PrintStream errors) {
		this.output = output;
		this.errors = errors;
	}

	/**
	 * Runs it.
	 * @param arguments those behind the command's name
	 * @return the exit status
	 */
	int run(List<String> arguments) {
		Map<String, String> options = new LinkedHashMap<>();
		List<String> properties = new ArrayList<>();
		List<String> databases = new ArrayList<>();
		for (String argument : arguments) {
			int equals = argument.indexOf('=');
			String name = (argument.startsWith("--") && equals > 0) ? argument.substring(2, equals) : "";
			if (OPTIONS.contains(name)) {
				options.put(name, argument.substring(equals + 1));
			}
			else if (name.indexOf('.') > 0) {
				properties.add(argument);
			}
			else {
				databases.add(argument);
			}
		}
		if (databases.size() != 1 || databases.get(0).startsWith("-")) {
			this.errors.print(USAGE);
			return 2;
		}
		try {
			this.output.println(configuration(databases.get(0), options, properties).toJson());
			return 0;
		}
		catch (WorkerConfigurationException ex) {
			this.errors.println(ex.getMessage() + ". " + ex.action());
		}
		catch (RuntimeException ex) {
			this.errors.println(ex.getMessage());
		}
		return 1;
	}

	private static ConnectorConfiguration configuration(String database, Map<String, String> options,
			List<String> properties) {
		String password = options.getOrDefault("password", PASSWORD);
		if (!password.startsWith("${") || !password.endsWith("}")) {
			throw new WorkerConfigurationException("A password is not printed",
					"Say where Kafka Connect finds it, such as --password='${file:/etc/bemi.properties:password}'");
		}
		Source source = source(database, properties);
		ReplicationSettings read = source.replication();
		KafkaSettings kafka = source.kafka();
		if (kafka == null) {
			throw new WorkerConfigurationException("'" + database + "' does not come by Kafka",
					"Set '" + Sources.PREFIX + database + ".kafka.bootstrap-servers'");
		}
		return new ConnectorConfiguration(
				new ReplicationSettings(read.url(), read.username(), password, read.slot(), read.publication()),
				kafka.prefix(), number(options, "partitions"), number(options, "replication-factor"));
	}

	private static int number(Map<String, String> options, String name) {
		String text = options.getOrDefault(name, "3");
		try {
			return Integer.parseInt(text);
		}
		catch (NumberFormatException ex) {
			throw new IllegalArgumentException("'" + name + "' must be a number, but is '" + text + "'", ex);
		}
	}

	private static Source source(String database, List<String> properties) {
		List<String> arguments = new ArrayList<>(properties);
		// What is printed is the configuration, and nothing else.
		arguments.add("--logging.threshold.console=off");
		SpringApplication application = new SpringApplicationBuilder(Properties.class).web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.logStartupInfo(false)
			.build();
		try (ConfigurableApplicationContext context = application.run(arguments.toArray(String[]::new))) {
			List<Source> sources = Sources.of(context.getBean(BemiWorkerProperties.class).getDatabases(), List.of(),
					false);
			return sources.stream()
				.filter((source) -> source.database().equals(database))
				.findFirst()
				.orElseThrow(() -> new WorkerConfigurationException("There is no database '" + database + "'",
						"Name one of " + sources.stream().map(Source::database).distinct().toList()));
		}
	}

	/**
	 * Reads the worker's configuration, and does nothing.
	 */
	@EnableConfigurationProperties(BemiWorkerProperties.class)
	static class Properties {

	}

}
