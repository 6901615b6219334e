import type { QuorumView, WitnessView } from '#app/services/views.ts'
import type { Text } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import { Icon, type IconName } from './ui/icon.tsx'
import { Table } from './ui/table.tsx'
import { Time } from './ui/time.tsx'

/** A checkpoint is sent to the witnesses as soon as it is signed: for so long, waiting for them is nothing to speak of. */
const USUAL_MS = 60_000

type Row = WitnessView['witnesses'][number]
type Props = WitnessView & { size: number; signedAt: string | null }

/** Who has witnessed the record, up to where, and what that means for what is given out. */
export function RecordWitnesses(view: Props) {
	const { t } = useWords()
	const { quorum, witnesses, mode } = view
	return (
		<section className="card">
			<h2>{t('witness.title')}</h2>
			<Standing {...view} />
			{quorum === null ? null : (
				<dl className="facts">
					<dt>{t('witness.needs')}</dt>
					<dd>{ruleOf(quorum, t)}</dd>
					<dt>{t('witness.mode')}</dt>
					<dd>{t(`witness.mode_${mode}`)}</dd>
				</dl>
			)}
			{witnesses.length === 0 ? null : (
				<Table
					caption={t('witness.title')}
					rows={witnesses}
					keyOf={({ name }) => name}
					empty=""
					columns={[
						{ label: t('witness.name'), cell: (row) => <Named {...row} /> },
						{ label: t('witness.upTo'), cell: (row) => <UpTo {...row} /> },
						{
							label: t('witness.when'),
							cell: ({ cosigned }) => (cosigned ? <Time at={cosigned.at} /> : '–'),
						},
						{ label: t('witness.state'), cell: (row) => <State {...row} /> },
					]}
				/>
			)}
		</section>
	)
}

/** One sentence: is what is given out witnessed, and if not, since when and what that means. */
function Standing({ mode, quorum, given, lastMet, witnesses, size, signedAt }: Props) {
	const { t, format, now } = useWords()
	const number = format.number
	if (witnesses.some(({ problem }) => problem?.code === 'ahead' || problem?.code === 'forked'))
		return <Notice tone="alarm" icon="alarm" text={t('witness.stopped')} />
	if (quorum === null) return <Notice tone="plain" text={t('witness.none')} />
	if (given === null) return <Notice tone="bad" icon="cross" text={t('witness.closedNone')} />
	if (mode === 'closed' && given.size < size) {
		const text = t('witness.closedBehind', { given: number(given.size), size: number(size) })
		return <Notice tone="plain" icon="hourglass" text={text} />
	}
	const values = { size: number(given.size) }
	if (given.isMet) return <Notice tone="good" icon="check" text={t('witness.met', values)} />
	const isWaiting = signedAt !== null && Date.parse(now) - Date.parse(signedAt) < USUAL_MS
	if (isWaiting && witnesses.every(({ problem }) => problem === null))
		return <Notice tone="plain" icon="hourglass" text={t('witness.waiting', values)} />
	if (lastMet === null) return <Notice tone="bad" icon="cross" text={t('witness.never', values)} />
	const since = { ...values, at: format.instant(lastMet.at), witnessed: number(lastMet.size) }
	return <Notice tone="bad" icon="cross" text={t('witness.notSince', since)} />
}

const TONES = {
	plain: 'notice',
	good: 'notice notice-good',
	bad: 'notice notice-bad',
	alarm: 'notice notice-alarm',
} as const

function Notice({ tone, icon, text }: { tone: keyof typeof TONES; icon?: IconName; text: string }) {
	return (
		<p className={TONES[tone]} role="status">
			{icon ? <Icon name={icon} /> : null} {text}
		</p>
	)
}

function Named({ name, vkey }: Row) {
	const { t } = useWords()
	return (
		<>
			<strong>{name}</strong>
			<details>
				<summary className="small nowrap">{t('witness.key')}</summary>
				<code className="small breaks">{vkey}</code>
			</details>
		</>
	)
}

function UpTo({ cosigned }: Row) {
	const { t, format } = useWords()
	if (cosigned === null) return <span className="muted">{t('witness.nothing')}</span>
	return <>{t('witness.entries', { count: cosigned.size, size: format.number(cosigned.size) })}</>
}

function State({ cosigned, problem, wentBack, isAsked }: Row) {
	const { t, format } = useWords()
	return (
		<div className="stack stack-tight">
			{problem ? (
				<p className="reason-unmet with-icon">
					<Icon name="cross" />
					<span>
						{t(`witness.problem_${problem.code}`, { text: problem.text })}{' '}
						<span className="muted small">
							({t('witness.since')} <Time at={problem.since} />)
						</span>
					</span>
				</p>
			) : cosigned?.isNewest ? (
				<Badge tone="active" icon="check" text={t('witness.current')} />
			) : isAsked ? (
				<Badge tone="waiting" icon="hourglass" text={t('witness.behind')} />
			) : (
				<Badge tone="ended" icon="stop" text={t('witness.unasked')} />
			)}
			{wentBack ? (
				<p className="reason-unmet with-icon">
					<Icon name="alarm" />
					<span>
						{t('witness.wentBack', {
							held: format.number(wentBack.held),
							cosigned: format.number(wentBack.cosigned),
						})}{' '}
						<span className="muted small">
							(<Time at={wentBack.at} />)
						</span>
					</span>
				</p>
			) : null}
		</div>
	)
}

function Badge({ tone, icon, text }: { tone: string; icon: IconName; text: string }) {
	return (
		<span className="row">
			<span className={`badge badge-${tone}`}>
				<Icon name={icon} />
				{text}
			</span>
		</span>
	)
}

/** "2 of A, B, (one of C, D)". */
function ruleOf(quorum: QuorumView, t: Text, isInner = false): string {
	if ('name' in quorum) return quorum.name
	const { threshold, members } = quorum
	const values = {
		members: members.map((member) => ruleOf(member, t, true)).join(', '),
		count: threshold,
	}
	const [only] = members
	if (only !== undefined && members.length === 1) return ruleOf(only, t, isInner)
	const text =
		threshold === members.length
			? t('witness.all', values)
			: threshold === 1
				? t('witness.any', values)
				: t('witness.some', values)
	return isInner ? `(${text})` : text
}
