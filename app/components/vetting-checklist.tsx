import { Form, Link } from '@remix-run/react'
import { EVIDENCE_ITEMS } from '#workflows/people/vetting-checklists.ts'
import type { CaseView, ChecklistView } from '#app/services/vetting/views.ts'
import { useWords } from '#app/messages/text.tsx'
import { Button, Field, type FormErrors } from './ui/form.tsx'
import { Icon } from './ui/icon.tsx'
import { Time } from './ui/time.tsx'

/** What the scheme asks for, what of it is there with who ticked it when, and the form to tick more. */
export function VettingChecklist({
	view: { checklist, refusal, state },
	errors,
	sent,
}: {
	view: CaseView
	errors: FormErrors
	sent: Readonly<Record<string, string>>
}) {
	const { t } = useWords()
	const asked = checklist.filter(({ neededFor }) => neededFor !== null)
	const have = asked.filter(({ evidence }) => evidence !== null).length
	const isMine = sent.intent === 'evidence'
	const value = (name: string) => (isMine ? (sent[name] ?? '') : '')
	const error = (name: string) => (isMine ? errors[name] : undefined)
	// A piece that was recorded empties the form.
	const newest = checklist
		.map(({ evidence }) => evidence?.at ?? '')
		.sort()
		.at(-1)
	const firstMissing = asked.find(({ evidence }) => evidence === null)?.item ?? ''
	// Of a case that was opened by mistake nothing is missing.
	const isCancelled = state === 'cancelled'
	const lines = isCancelled ? checklist.filter(({ evidence }) => evidence !== null) : checklist
	if (isCancelled && lines.length === 0) return null
	return (
		<section className="card">
			<h2>{t('vetting.checklist')}</h2>
			{isCancelled ? null : (
				<p className="muted">{t('vetting.checklistLead', { have, need: asked.length })}</p>
			)}
			<ul className="reasons">
				{lines.map((line) => (
					<ChecklistLine key={line.item} line={line} />
				))}
			</ul>
			{refusal === null && !isCancelled ? (
				<details className="act" open={isMine}>
					<summary>{t('vetting.recordEvidence')}</summary>
					<Form method="post" className="stack" key={newest}>
						<input type="hidden" name="intent" value="evidence" />
						<Field id="item" label={t('vetting.item')} error={error('item')}>
							{(aria) => (
								<select
									className="input"
									key={firstMissing}
									defaultValue={value('item') || firstMissing}
									required
									{...aria}
								>
									<option value="">{t('people.choose')}</option>
									{EVIDENCE_ITEMS.map((item) => (
										<option key={item} value={item}>
											{t(`vetting.item_${item}`)}
										</option>
									))}
								</select>
							)}
						</Field>
						<Field
							id="reference"
							label={t('vetting.reference')}
							hint={t('vetting.referenceHint')}
							error={error('reference')}
						>
							{(aria) => (
								<input className="input" maxLength={200} defaultValue={value('reference')} {...aria} />
							)}
						</Field>
						<Field
							id="fileSha256"
							label={t('vetting.fileSha256')}
							hint={t('vetting.fileSha256Hint')}
							error={error('fileSha256')}
						>
							{(aria) => (
								<input className="input mono" maxLength={64} defaultValue={value('fileSha256')} {...aria} />
							)}
						</Field>
						<p>
							<Button look="plain">{t('vetting.saveEvidence')}</Button>
						</p>
					</Form>
				</details>
			) : null}
		</section>
	)
}

function ChecklistLine({ line: { item, neededFor, evidence } }: { line: ChecklistView }) {
	const { t } = useWords()
	return (
		<li className={`reason ${evidence === null ? '' : 'reason-met'}`}>
			<Icon name={evidence === null ? 'hourglass' : 'check'} />
			<span>
				<strong>{t(`vetting.item_${item}`)}</strong>{' '}
				<span className="muted small">
					{t(evidence === null ? 'vetting.missing' : 'vetting.there')} ·{' '}
					{t(neededFor === null ? 'vetting.neededFor_none' : `vetting.neededFor_${neededFor}`)}
				</span>
				{evidence === null ? null : (
					<>
						<br />
						<span className="small breaks">
							{evidence.reference}
							{evidence.fileSha256 === null ? null : (
								<>
									{' · '}
									{t('vetting.sha256')} <code>{evidence.fileSha256}</code>
								</>
							)}
						</span>
						<br />
						<span className="muted small">
							{evidence.by} · <Time at={evidence.at} />
							{evidence.entryIndex === null ? null : (
								<>
									{' · '}
									<Link to={`/record/${evidence.entryIndex}`}>
										{t('requests.entry', { index: evidence.entryIndex })}
									</Link>
								</>
							)}
						</span>
					</>
				)}
			</span>
		</li>
	)
}
