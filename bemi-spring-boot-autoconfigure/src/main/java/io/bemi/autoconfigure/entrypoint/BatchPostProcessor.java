package io.bemi.autoconfigure.entrypoint;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.batch.core.job.AbstractJob;
import org.springframework.batch.core.step.AbstractStep;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Gives all jobs and steps that are beans an entry point, and with a job all that it is
 * made of.
 */
final class BatchPostProcessor implements BeanPostProcessor {

	private final BatchEntryPoints entryPoints = new BatchEntryPoints();

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		Object target = AopProxyUtils.getSingletonTarget(bean);
		Object candidate = (target != null) ? target : bean;
		if (candidate instanceof AbstractJob job) {
			this.entryPoints.visit(job);
		}
		else if (candidate instanceof AbstractStep step) {
			this.entryPoints.visit(step);
		}
		return bean;
	}

}
