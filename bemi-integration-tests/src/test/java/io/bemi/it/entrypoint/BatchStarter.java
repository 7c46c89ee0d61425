package io.bemi.it.entrypoint;

import org.springframework.batch.core.configuration.annotation.EnableBatchProcessing;
import org.springframework.batch.core.configuration.annotation.EnableJdbcJobRepository;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What starts jobs of Spring Batch, which is another bean on each Boot line.
 */
@Configuration(proxyBeanMethods = false)
@EnableBatchProcessing
@EnableJdbcJobRepository
class BatchStarter {

	@Bean
	BatchStore.Starter starter(JobOperator operator) {
		return operator::start;
	}

}
