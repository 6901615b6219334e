import type { passkeys as english } from '../en/passkeys.ts'

/** German words: passkeys. */
export const passkeys = {
	title_one: 'Sie haben {{count}} Passkey',
	title_other: 'Sie haben {{count}} Passkeys',
	lead: 'Mit einem Passkey melden Sie sich an und unterschreiben Entscheidungen. Widerrufen Sie einen, der verloren, ersetzt oder nicht mehr sicher ist. Für einen weiteren bitten Sie um einen Einrichtungslink.',
	heading: 'Passkeys',
	none: 'Kein Passkey ist eingerichtet.',
	enrolled: 'Eingerichtet {{at}}',
	lastUsed: 'zuletzt benutzt {{at}}',
	neverUsed: 'noch nicht benutzt',
	deviceBound: 'an sein Gerät gebunden',
	synced: 'zwischen Geräten kopierbar',
	inUse: 'diese Sitzung',
	usable: 'verwendbar',
	revoked: 'widerrufen',
	revokedAt: 'Widerrufen {{at}}',
	entry: 'Eintrag {{index}}',
	model: 'Modell',
	revoke: 'Diesen Passkey widerrufen …',
	revokeHint:
		'Sofort und endgültig: Er unterschreibt nichts mehr, meldet niemanden mehr an, und seine Sitzungen enden. Was er bisher unterschrieben hat, bleibt gültig.',
	revokeOwnSession:
		'Sie sind mit diesem Passkey angemeldet: Sie werden abgemeldet und brauchen einen anderen.',
	cause: 'Warum?',
	revokeButton: 'Endgültig widerrufen',
	lost: 'Er ist verloren',
	replaced: 'Er wurde ersetzt',
	left: 'Die Person ist ausgeschieden',
	compromised: 'Jemand anderes könnte ihn benutzen',
	lastOwn:
		'Das ist Ihr letzter Passkey. Nur Sicherheitsbeauftragte können ihn widerrufen, damit sich niemand aussperrt.',
	done: 'Der Passkey ist widerrufen.',
	readers: 'Wer geöffnet hat, was über Sie erfasst ist',
	readersLead:
		'Versiegelte Teile von Einträgen über Sie und Ihre Zugriffe für sich allein, im letzten Jahr. Listen vieler Personen und Exporte nennen niemanden allein und zählen nicht dazu.',
	readersNone: 'Niemand im letzten Jahr.',
	readHistory: 'Ihre Zugriffe',
	readEntry: 'einen versiegelten Teil eines Eintrags über Sie',
	readPerson: 'Ihre Akte',
	readEvidence: 'eine Nachweisdatei von Ihnen',
} satisfies Record<keyof typeof english, string>
