const SERVICES = ['EOP', 'Exchange', 'SharePoint', 'Teams'] as const

/**
 * A text as PowerShell takes it word by word: between single quotes nothing is special but the quote, which is doubled.
 * PowerShell takes four other characters for single quotes as well. What would break the line becomes a space.
 */
export function quotePowerShell(text: string): string {
	const line = text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ')
	return `'${line.replaceAll(/['\u2018-\u201B]/g, '$&$&')}'`
}

/** The command that answers a request, ready to be run by somebody who holds Microsoft's role for it. */
export function answerCommand({
	providerRequestId,
	verdict,
	reason,
	service,
}: {
	providerRequestId: string
	verdict: 'approve' | 'deny'
	reason: string
	service: string
}): string {
	const named = SERVICES.find((each) => each.toLowerCase() === service.toLowerCase())
	return [
		'Set-AccessToCustomerDataRequest',
		`-ApprovalDecision ${verdict === 'approve' ? 'Approve' : 'Deny'}`,
		`-RequestId ${quotePowerShell(providerRequestId)}`,
		`-Comment ${quotePowerShell(reason)}`,
		...(named === undefined ? [] : [`-ServiceName ${named}`]),
	].join(' ')
}

/** The command whose output is read. */
export const LIST_COMMAND = 'Get-AccessToCustomerDataRequest | ConvertTo-Json -Depth 4'
export const readCommand = (providerRequestId: string) =>
	`Get-AccessToCustomerDataRequest -RequestId ${quotePowerShell(providerRequestId)} | ConvertTo-Json -Depth 4`
