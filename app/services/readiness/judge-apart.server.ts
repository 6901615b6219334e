import { Worker } from 'node:worker_threads'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { TenantPicture } from '#workflows/tenant/tenant-picture.ts'
import type { FromThread, Judged, ToThread } from './judging-thread.ts'
import type { HowToJudge, PersonToJudge } from './judge-tenant.ts'
import type { TenantFile } from './tenant-files.ts'

type Answer<T extends ToThread['type']> = Extract<FromThread, { type: T }>

/** What is done apart from the pages, step by step: what a tenant holds is read, or given, and then judged. */
export type Judge = {
	readFiles(
		files: readonly TenantFile[],
		how: { readAt: Date; groupIds: readonly string[] },
	): Promise<Answer<'files'>>
	take(picture: TenantPicture): Promise<void>
	/** May be done again, by another charter. */
	judge(charter: Charter, people: AsyncIterable<readonly PersonToJudge[]>, how: HowToJudge): Promise<Judged>
}

/** What ninety megabytes of JSON take as objects, with room to spare; more ends the thread and not the process. */
const LIMITS = { maxOldGenerationSizeMb: 3072 }

/**
 * Does `work` with a thread that reads and judges pictures of tenants. It has ended when this returns. What the thread cannot do it
 * cannot do the next time either, so that is `REPORT_FAILED`; a thread that is ended from outside is an error like any other.
 */
export async function withJudge<T>(work: (judge: Judge) => Promise<T>): Promise<T> {
	const worker = new Worker(new URL('./judging-thread.ts', import.meta.url), { resourceLimits: LIMITS })
	let settle: { resolve: (answer: FromThread) => void; reject: (error: Error) => void } | null = null
	let failure: Error | null = null
	worker.on('message', (answer: FromThread) => settle?.resolve(answer))
	const fail = (error: Error) => {
		failure ??= error
		settle?.reject(failure)
	}
	worker.on('error', (cause: Error) =>
		fail(new DomainError('REPORT_FAILED', 'A report could not be made.', { cause: cause.message })),
	)
	worker.on('exit', () => fail(new Error('The judging thread ended early.')))

	async function ask<M extends ToThread>(message: M): Promise<Answer<M['type']>> {
		const { promise, resolve, reject } = Promise.withResolvers<FromThread>()
		settle = { resolve, reject }
		if (failure !== null) throw failure
		worker.postMessage(message)
		const answer = await promise
		if (!isAnswerTo(message, answer)) throw new Error('The judging thread answered something else.')
		return answer
	}

	try {
		return await work({
			readFiles: (files, how) => ask({ type: 'files', files, ...how }),
			take: async (picture) => void (await ask({ type: 'picture', picture })),
			async judge(charter, people, how) {
				await ask({ type: 'begin', charter, ...how })
				for await (const some of people) await ask({ type: 'people', people: some })
				return ask({ type: 'judge' })
			},
		})
	} finally {
		worker.removeAllListeners('exit')
		await worker.terminate()
	}
}

const isAnswerTo = <M extends ToThread>(message: M, answer: FromThread): answer is Answer<M['type']> =>
	answer.type === message.type
