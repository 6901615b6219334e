import type { imports as english } from '../en/imports.ts'

/** German words: imports. */
export const imports = {
	provisioning: 'Bereitstellung',
	provisioningLead:
		'Ein Verzeichnis oder ein Personalsystem kann Charterkeep sagen, wer hier arbeitet (SCIM 2.0). Es sagt, wer jemand ist und ob er beschäftigt ist; was er darf, bleibt Sache der Sicherheitsbeauftragten. Deaktiviert es jemanden, so endet dessen Zugriff sofort.',
	address: 'Adresse für das System',
	addressHint:
		'In Entra: Unternehmensanwendung, Bereitstellung, Mandanten-URL. Ordnen Sie objectId der externalId zu, damit Charterkeep weiß, welches Konto gemeint ist.',
	tokens_one: '{{count}} Token gilt',
	tokens_other: '{{count}} Token gelten',
	noTokens: 'Noch kein Token erstellt: bisher kann nichts Personen bereitstellen.',
	tokenName: 'Für welches System ist es?',
	tokenNameHint: 'Etwa „Entra-Bereitstellung“ oder „Personalstelle Bonn“.',
	tokenNameNeeded: 'Nennen Sie das System, für das das Token ist, mit höchstens 100 Zeichen.',
	makeToken: 'Token erstellen',
	tokenMade:
		'Das Token für {{name}} ist erstellt. Tragen Sie es jetzt im System ein: Es wird nur dieses eine Mal gezeigt, und niemand kann es wieder herausfinden.',
	token: 'Token',
	system: 'System',
	madeBy: 'Erstellt',
	by: 'von {{name}}',
	lastUsed: 'Zuletzt benutzt',
	never: 'nie',
	state: 'Zustand',
	works: 'gilt',
	expiring: 'gilt bis',
	expired: 'abgelaufen',
	revoked: 'widerrufen',
	rotate: 'Ersetzen',
	overlap: 'Nach dem Ersetzen gilt dieses weiter für',
	overlap0: 'gar nicht',
	overlap1: 'eine Stunde',
	overlap24: 'einen Tag',
	overlap168: 'eine Woche',
	revoke: 'Jetzt widerrufen',
	revokedNow: 'Das Token gilt nicht mehr.',
	ofToken: 'für {{name}}',
} satisfies Record<keyof typeof english, string>
