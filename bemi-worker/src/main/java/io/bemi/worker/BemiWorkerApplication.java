package io.bemi.worker;

import java.util.Arrays;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * Records the changes of databases whose applications do not, and shows them.
 */
@SpringBootApplication(proxyBeanMethods = false)
public class BemiWorkerApplication {

	/**
	 * Runs the worker, or the command that is named first.
	 * @param arguments the configuration, or {@code connector} and what
	 * {@link ConnectorCommand} takes
	 */
	public static void main(String[] arguments) {
		if (arguments.length > 0 && arguments[0].equals(ConnectorCommand.NAME)) {
			System.exit(new ConnectorCommand(System.out, System.err)
				.run(Arrays.asList(arguments).subList(1, arguments.length)));
		}
		SpringApplication.run(BemiWorkerApplication.class, arguments);
	}

}
