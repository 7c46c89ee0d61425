package io.bemi.it.entrypoint;

import org.springframework.batch.core.configuration.annotation.EnableBatchProcessing;
import org.springframework.batch.core.launch.JobLauncher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What starts jobs of Spring Batch, which is another bean on each Boot line.
 */
@Configuration(proxyBeanMethods = false)
@EnableBatchProcessing
class BatchStarter {

	@Bean
	BatchStore.Starter starter(JobLauncher launcher) {
		return launcher::run;
	}

}
