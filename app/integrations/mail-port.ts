/** One mail as it goes out. `messageId` is the same at every attempt, so that whoever gets it twice can tell. */
export type OutgoingMail = {
	messageId: string
	to: string
	date: Date
	subject: string
	text: string
	html: string
}

/**
 * What a server said. `accepted`: it has the mail. `refused`: never, for this mail. `later`: not now, or it is not known
 * whether it has it. `server`: it cannot be used at all just now, whatever the mail. Codes hold no address.
 */
export type MailOutcome = { kind: 'accepted' } | { kind: 'refused' | 'later' | 'server'; code: string }

/** Where mail goes. */
export type MailPort = {
	/** Host and port, for pages. */
	server: string
	/** Whether the way there is always encrypted and the server's certificate verified. */
	isEncrypted: boolean
	send(mail: OutgoingMail): Promise<MailOutcome>
}
