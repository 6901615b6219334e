import type { TaskChange } from '#app/services/readiness/change-task.server.ts'
import { reportFromFiles } from '#app/services/readiness/make-report.server.ts'
import { showReadiness } from '#app/services/readiness/show-readiness.server.ts'
import type { TenantFile } from '#app/services/readiness/tenant-files.ts'
import type { TaskView } from '#app/services/readiness/views.ts'
import type { TestApp } from '#test/app/test-app.ts'

/** The role that the sample charter governs, and a guest of the sandbox tenant. */
export const ROLE = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
export const GUEST = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a03'
const ALL = { number: null, filter: { problem: null, verdict: null }, after: null }

/** What an officer does about readiness in this app. */
export function readinessActs(app: () => TestApp) {
	const officer = () => app().actor('security-officer')
	const show = (asked: Partial<Parameters<typeof showReadiness>[2]> = {}, by = officer()) =>
		showReadiness(app().deps, by, { ...ALL, ...asked })
	return {
		officer,
		show,
		fromFiles: (files: readonly TenantFile[], readAt = app().clock.now()) =>
			reportFromFiles(app().deps, officer().personId, { files, readAt }),
		/** What lies open in the entries of a kind that are still to be signed. */
		entries: async (kind: string) =>
			(
				await app().deps.database.pool.query<{ leaf: Buffer }>(
					'select leaf from ledger_pending where kind = $1',
					[kind],
				)
			).rows.map(({ leaf }) => (JSON.parse(leaf.toString('utf8')) as { open: Record<string, unknown> }).open),
		taskOf: async (what: string) => {
			const { tasks } = await show()
			const found = tasks.find((task) => task.what === what)
			if (!found) throw new Error(`There is no task ${what}.`)
			return found
		},
	}
}

/** The change of a task as its form sends it, with what is given in place of what stands. */
export const changed = (task: TaskView, more: Partial<TaskChange>): TaskChange => ({
	id: task.id,
	version: task.version,
	owner: task.owner?.name ?? '',
	dueOn: task.dueOn,
	note: task.note,
	isDone: task.done !== null,
	...more,
})
