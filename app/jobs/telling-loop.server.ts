import { purgeMails } from '#db/queries/mails.ts'
import { purgeWebhookDeliveries } from '#db/queries/webhooks.ts'
import { withoutParameters } from '#db/transaction.ts'
import type { Deps } from '#app/services/deps.ts'
import { lookAhead } from '#app/services/notify/look-ahead.server.ts'
import { planMails } from '#app/services/notify/plan-mails.server.ts'
import { sendMails } from '#app/services/notify/send-mails.server.ts'
import { readProviderRoles } from '#app/services/roster/read-provider-roles.server.ts'
import { tellCoverage } from '#app/services/roster/tell-coverage.server.ts'
import { sendWebhooks } from '#app/services/webhooks/send-webhooks.server.ts'
import { withJobLock } from './job-lock.server.ts'
import { createLoop } from './loop.server.ts'

const TICK_MS = 1000
const LOOK_AHEAD_MS = 60_000
/** What was settled is kept so long, so that somebody who asks why a mail did not come can be told. */
const KEPT_MS = 90 * 86_400_000

/**
 * Takes what people are to be told out of the house. Mail and webhooks go by themselves: a mail server that is away holds
 * up no webhook, and neither holds up anything else. What is due stands in rows that one worker at a time takes.
 */
export function startTellingLoop(deps: Deps): { wake: () => void; stop: () => Promise<void> } {
	const said = new Map<string, string>()
	const loop = (name: string, work: () => Promise<unknown>) =>
		createLoop(
			async () => {
				await work()
				said.delete(name)
			},
			{
				onError(error) {
					const text = error instanceof Error ? error.message : 'unknown'
					if (said.get(name) !== text)
						deps.log.error({ loop: name, error: withoutParameters(error) }, 'people could not be told')
					said.set(name, text)
				},
			},
		)
	const mail = loop('mail', async () => {
		await planMails(deps)
		await sendMails(deps)
	})
	const webhooks = loop('webhooks', () => sendWebhooks(deps))
	const ahead = loop('ahead', async () => {
		await lookAhead(deps)
		const before = new Date(deps.now().getTime() - KEPT_MS)
		await deps.database.withTx((tx) => purgeMails(tx, before))
		await deps.database.withTx((tx) => purgeWebhookDeliveries(tx, before))
	})
	// One process at a time, so that nothing older overtakes what is newer; by itself, since a tenant that does not
	// answer must not keep anybody from being told of what else is to come.
	const roster = loop('roster', () =>
		withJobLock(deps.database, 'roster', async () => {
			await readProviderRoles(deps)
			await tellCoverage(deps)
		}),
	)
	const wake = () => {
		mail.wake()
		webhooks.wake()
	}
	ahead.wake()
	roster.wake()
	const ticks = [
		setInterval(wake, TICK_MS),
		setInterval(() => ahead.wake(), LOOK_AHEAD_MS),
		setInterval(() => roster.wake(), LOOK_AHEAD_MS),
	]
	return {
		wake,
		async stop() {
			for (const tick of ticks) clearInterval(tick)
			await Promise.all([mail.stop(), webhooks.stop(), ahead.stop(), roster.stop()])
		},
	}
}
