package io.bemi.worker;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * Records the changes of databases whose applications do not, and shows them.
 */
@SpringBootApplication(proxyBeanMethods = false)
public class BemiWorkerApplication {

	public static void main(String[] arguments) {
		SpringApplication.run(BemiWorkerApplication.class, arguments);
	}

}
