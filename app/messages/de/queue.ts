import type { queue as english } from '../en/queue.ts'

/** German words: queue. */
export const queue = {
	title: 'Anträge zur Entscheidung',
	head_one: '{{count}} Antrag wartet auf Ihre Entscheidung',
	head_other: '{{count}} Anträge warten auf Ihre Entscheidung',
	headMore: '{{count}} Anträge und mehr warten auf Ihre Entscheidung',
	headNone: 'Kein Antrag wartet auf Ihre Entscheidung',
	lead: 'Nach Frist, das Dringendste zuerst. Schweigen lehnt ab.',
	empty:
		'Für Sie liegt nichts an. Worüber andere entscheiden, was Ihnen zugutekommt und was Sie entschieden haben, steht nicht in dieser Liste.',
	what: 'Wofür',
	isAsked: 'Frage offen',
	from: 'ab',
	verdictFor: 'Entscheidung über R-{{number}}',
	later: 'nicht jetzt',
	severalLead:
		'Wählen Sie für Anträge auf dieselbe Rolle oder für zusammen gestellte je eine Entscheidung und unterschreiben Sie einmal: Ihr Passkey unterschreibt jeden mit seiner Prüfsumme.',
	filedWith: 'zusammen gestellt mit {{numbers}}',
	sign_one: '{{count}} Entscheidung unterschreiben mit Passkey',
	sign_other: '{{count}} Entscheidungen unterschreiben mit Passkey',
	signed_one: '{{count}} Entscheidung ist unterschrieben und protokolliert.',
	signed_other: '{{count}} Entscheidungen sind unterschrieben und protokolliert.',
	inPlaceOf: 'in Vertretung',
	later_page: 'Spätere Fristen',
	absence: 'Abwesend',
	youAreAway: 'Sie sind abwesend:',
	youAreAwayStandIn: 'Sie sind abwesend, Vertretung durch {{standIn}}:',
	youStandIn: 'Sie vertreten {{name}}:',
	endAbsence: 'Ich bin zurück',
	record: 'Abwesenheit eintragen',
	absenceLead:
		'Während der Abwesenheit werden Sie nicht erinnert, und man sieht sie. Wer vertritt, entscheidet, wo die Charta es dieser Person selbst erlaubt; niemand bekommt ein Recht, das er nicht hat, und weitergeben lässt es sich nicht.',
	absentFrom: 'Von (UTC)',
	absentFromHint: 'Leer lassen für: ab jetzt.',
	absentUntil: 'Bis (UTC)',
	standIn: 'Wer vertritt?',
	standInHint: 'Nur Personen, die nach der Charta dort entscheiden dürfen, wo Sie es tun.',
	nobody: 'Niemand',
	recordAbsence: 'Abwesenheit eintragen',
} satisfies Record<keyof typeof english, string>
