import { addressOf } from '#db/queries/mails.ts'
import { preferencesOf, savePreferences } from '#db/queries/notices.ts'
import type { Language } from '#app/messages/create-text.ts'
import { isQuietHours } from '#workflows/notify/quiet-hours.ts'
import type { MailPreferences } from '#workflows/notify/plan-mail.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { timeZone } from '#workflows/shared/zoned-time.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { readPreferences } from './plan-mails.server.ts'

export type PreferencesView = MailPreferences & {
	/** Null where nothing was chosen yet: mail is English then. */
	language: Language | null
	/** Where mail goes; null where nobody knows. */
	address: string | null
	/** The server that mail goes by; null where none is set up, so that there is the inbox alone. */
	server: string | null
	isEncrypted: boolean
}

/** How this person is told beside their inbox. */
export async function showPreferences({ database, telling }: Deps, actor: Actor): Promise<PreferencesView> {
	const row = (await preferencesOf(database.db, [actor.personId])).get(actor.personId)
	const to = await addressOf(database.db, actor.personId)
	return {
		...readPreferences(row),
		language: row ? (row.language === 'de' ? 'de' : 'en') : null,
		address: to?.address ?? null,
		server: telling.mail?.server ?? null,
		isEncrypted: telling.mail?.isEncrypted ?? true,
	}
}

/** Stores how this person wants to be told, for what waits as well. Break-glass cannot be switched off or put off. */
export async function changePreferences(
	deps: Deps,
	actor: Actor,
	{ language, zone, quiet, digestHour, modes }: MailPreferences & { language: Language },
): Promise<void> {
	if (timeZone(zone) === null) throw invalid('zone', 'timeZone')
	if (quiet !== null && !isQuietHours(quiet)) throw invalid('quietUntil', 'quietHours')
	await deps.database.withTx((tx) =>
		savePreferences(tx, {
			personId: actor.personId,
			language,
			zone,
			quietFrom: quiet?.from ?? null,
			quietUntil: quiet?.until ?? null,
			digestHour,
			modes: { ...modes, break_glass: 'now' },
			changedAt: deps.now(),
		}),
	)
	deps.wake()
}

const invalid = (field: string, problem: string) =>
	new DomainError('INVALID_INPUT', `These preferences cannot be kept: ${problem}.`, { field, problem })
