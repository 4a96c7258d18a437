using System;
using System.Collections.Generic;
using Polyclinic.Protocol.Generated;

namespace Polyclinic
{
    /// <summary>Something that was said in writing.</summary>
    public struct ChatLine
    {
        public uint Entity;
        public string Name;
        public string Text;

        /// <summary>Server clock, ms.</summary>
        public uint Time;
    }

    /// <summary>What a client knows of its room: who and what is in sight, who is there, what was said. Sampled once a frame;
    /// events come from Session.Receive, so in the thread that pumps it.</summary>
    public sealed class World : ISessionListener
    {
        private readonly Dictionary<uint, SeenPerson> people = new Dictionary<uint, SeenPerson>();
        private readonly Dictionary<uint, SeenThing> things = new Dictionary<uint, SeenThing>();
        private readonly Dictionary<uint, Person> roster = new Dictionary<uint, Person>();
        private readonly Dictionary<uint, Person> rosterPages = new Dictionary<uint, Person>();
        private readonly List<SeenEntity> unconfirmed = new List<SeenEntity>();
        private readonly Lateness lateness = new Lateness();
        private bool rosterBegun, firstFrame, ended;
        private double lastFrame, lastSample = double.NaN;
        private Session session;

        public IReadOnlyDictionary<uint, SeenPerson> People { get { return people; } }
        public IReadOnlyDictionary<uint, SeenThing> Things { get { return things; } }

        /// <summary>Everybody in the room, in sight or not.</summary>
        public IReadOnlyDictionary<uint, Person> Roster { get { return roster; } }
        public uint Self { get; private set; }

        /// <summary>The wearer's own hands, for what they hold: where they are or, not tracked, were last.</summary>
        public Place OwnLeft = new Place(default(Vec3), Quat.Identity), OwnRight = new Place(default(Vec3), Quat.Identity);
        public bool OwnLeftTracked, OwnRightTracked;

        public event Action<SeenEntity> Entered, Left;

        /// <summary>A thing is held by somebody else now, offered, put down or moved.</summary>
        public event Action<SeenThing> Held;
        public event Action RosterChanged;
        public event Action<ChatLine> Said;

        /// <summary>The server holds the wearer's head to be here: move the rig, not the head.</summary>
        public event Action<Vec3, string> Moved;

        /// <summary>Somebody wishes for what the wearer holds: the thing's entity, theirs and their name.</summary>
        public event Action<uint, uint, string> Wanted;

        internal void Attach(Session attached)
        {
            session = attached;
        }

        void ISessionListener.Welcomed(Welcome welcome)
        {
            if (!welcome.Resumed)
            {
                ForgetAll();
            }
            Self = welcome.Entity;
            firstFrame = true;
            lateness.Restart();
        }

        private void ForgetAll()
        {
            var gone = new List<SeenEntity>(people.Values);
            gone.AddRange(things.Values);
            roster.Clear();
            rosterBegun = false;
            gone.ForEach(Forget);
        }

        /// <summary>The room has ended: all leave, and nothing comes after, not even what the same message says.</summary>
        internal void End()
        {
            ended = true;
            bool roomful = roster.Count > 0;
            ForgetAll();
            if (roomful)
            {
                TellRoster();
            }
        }

        void ISessionListener.Framed(FrameReader frame, double time, double now)
        {
            lastFrame = time;
            lateness.Note(session.Clock.At(now) - time);
            if (firstFrame)
            {
                unconfirmed.AddRange(people.Values);
                unconfirmed.AddRange(things.Values);
            }
            for (int index = 0; index < frame.Entered.Count && !ended; index++)
            {
                Enter(frame, frame.Entered[index]);
            }
            for (int index = 0; index < frame.Left.Count && !ended; index++)
            {
                Leave(frame, frame.Left[index].Entity);
            }
            for (int index = 0; index < frame.Updated.Count && !ended; index++)
            {
                HeldEntity held = frame.Updated[index];
                SeenEntity seen = Of(held.Entity);
                seen.Told = held.Record.State;
                seen.ToldTick = frame.Tick;
                seen.ToldTier = held.Record.Tier;
                seen.Buffer.Add(held.Record.State, time);
            }
            // The first frame after a resume enters all that is in sight: the others left in the meantime.
            for (int index = 0; firstFrame && index < unconfirmed.Count && !ended; index++)
            {
                Leave(frame, unconfirmed[index].Entity);
            }
            unconfirmed.Clear();
            firstFrame = false;
        }

        private SeenEntity Of(uint entity)
        {
            SeenPerson person;
            return people.TryGetValue(entity, out person) ? (SeenEntity)person : things[entity];
        }

        private static bool Names(List<HeldEntity> list, uint entity)
        {
            for (int index = 0; index < list.Count; index++)
            {
                if (list[index].Entity == entity)
                {
                    return true;
                }
            }
            return false;
        }

        /// <summary>One that left and came in one frame has new facts, and neither went nor came.</summary>
        private void Leave(FrameReader frame, uint entity)
        {
            if (!Names(frame.Entered, entity))
            {
                Forget(Of(entity));
            }
        }

        private void Forget(SeenEntity gone)
        {
            bool wasThere = people.Remove(gone.Entity) | things.Remove(gone.Entity);
            if (wasThere && Left != null)
            {
                Left(gone);
            }
        }

        private void Enter(FrameReader frame, HeldEntity held)
        {
            bool known = people.ContainsKey(held.Entity) || things.ContainsKey(held.Entity);
            if (known && !firstFrame && !Names(frame.Left, held.Entity))
            {
                throw new WireFault("an entity that enters twice");
            }
            double tickMs = 1000.0 / session.Welcome.Room.TickHz;
            object kind;
            MsgpackReader.ReadMap(held.Facts, 0, held.Facts.Length).TryGetValue("kind", out kind);
            bool avatar = Equals(kind, "avatar");
            if (avatar ? things.ContainsKey(held.Entity) : people.ContainsKey(held.Entity))
            {
                throw new WireFault("an entity that becomes another kind");
            }
            if (avatar)
            {
                EnterPerson(held.Entity, Messages.ReadBody(held.Facts, AvatarFacts.Read), tickMs);
            }
            else
            {
                EnterThing(held.Entity, Messages.ReadBody(held.Facts, ObjectFacts.Read), tickMs);
            }
        }

        private void EnterPerson(uint entity, AvatarFacts facts, double tickMs)
        {
            SeenPerson person;
            if (people.TryGetValue(entity, out person))
            {
                person.Learn(facts);
                person.Buffer.Restart();
                return;
            }
            person = people[entity] = new SeenPerson(entity, facts, tickMs);
            if (Entered != null)
            {
                Entered(person);
            }
        }

        private void EnterThing(uint entity, ObjectFacts facts, double tickMs)
        {
            SeenThing thing;
            if (!things.TryGetValue(entity, out thing))
            {
                thing = things[entity] = new SeenThing(entity, facts, tickMs);
                if (Entered != null)
                {
                    Entered(thing);
                }
                return;
            }
            thing.Learn(facts);
            thing.Buffer.Restart();
            if (Held != null)
            {
                Held(thing);
            }
        }

        void ISessionListener.Corrected(Correction correction)
        {
            if (Moved != null)
            {
                long[] at = correction.Position;
                Moved(new Vec3(at[0], at[1], at[2]) * (1.0 / Wire.PositionScale), correction.Reason);
            }
        }

        void ISessionListener.Told(Event told)
        {
            switch (told.Feature + "." + told.Type)
            {
                case Bodies.PresenceFeature + "." + Bodies.PresenceRoster:
                    TakeRoster(Messages.ReadBody(told.Body, Protocol.Generated.Roster.Read));
                    break;
                case Bodies.PresenceFeature + "." + Bodies.PresenceChanged:
                    TakeChanged(Messages.ReadBody(told.Body, Changed.Read));
                    break;
                case Bodies.ChatFeature + "." + Bodies.ChatSaid:
                    TakeSaid(Messages.ReadBody(told.Body, Protocol.Generated.Said.Read));
                    break;
                case Bodies.PropsFeature + "." + Bodies.PropsWanted:
                    TakeWanted(Messages.ReadBody(told.Body, Protocol.Generated.Wanted.Read));
                    break;
            }
        }

        private void TakeRoster(Roster page)
        {
            if (!rosterBegun)
            {
                rosterPages.Clear();
            }
            rosterBegun = page.More;
            Array.ForEach(page.People, person => rosterPages[person.Entity] = person);
            if (page.More)
            {
                return;
            }
            roster.Clear();
            foreach (Person person in rosterPages.Values)
            {
                roster[person.Entity] = person;
            }
            TellRoster();
        }

        private void TakeChanged(Changed changed)
        {
            // Between two pages of a roster it belongs to what has been read of that.
            Dictionary<uint, Person> target = rosterBegun ? rosterPages : roster;
            // Who came and left between two changes is in both, and has come before having left.
            Array.ForEach(changed.Joined, person => target[person.Entity] = person);
            Array.ForEach(changed.Left, entity => target.Remove(entity));
            TellRoster();
        }

        private void TellRoster()
        {
            if (RosterChanged != null)
            {
                RosterChanged();
            }
        }

        private void TakeSaid(Said said)
        {
            if (Said != null)
            {
                Said(new ChatLine { Entity = said.Entity, Name = said.Name, Text = said.Text, Time = said.Time });
            }
        }

        private void TakeWanted(Wanted wanted)
        {
            if (Wanted != null)
            {
                Wanted(wanted.Prop, wanted.Entity, wanted.Name);
            }
        }

        /// <summary>Where a thing is in one's hand as both are now. False, and no grip, where that is not known, or they are
        /// further apart than a hand can hold.</summary>
        public bool TryGrip(SeenThing thing, bool left, out Place grip)
        {
            grip = (left ? OwnLeft : OwnRight).Inverse * thing.Place;
            return (left ? OwnLeftTracked : OwnRightTracked) && thing.Shown && Props.IsGrip(grip);
        }

        /// <summary>Write all views for a moment of one's own clock; once a frame, before anything is drawn.</summary>
        public void Sample(double now)
        {
            double serverNow = session.Clock.At(now);
            double elapsed = double.IsNaN(lastSample) ? 0 : Math.Max(0, now - lastSample);
            lastSample = now;
            foreach (KeyValuePair<uint, SeenPerson> person in people)
            {
                person.Value.Sample(serverNow, lateness.Milliseconds, lastFrame, elapsed);
            }
            foreach (KeyValuePair<uint, SeenThing> thing in things)
            {
                SampleThing(thing.Value, serverNow);
            }
        }

        private void SampleThing(SeenThing thing, double serverNow)
        {
            thing.Buffer.SampleAt(serverNow, lateness.Milliseconds, lastFrame, thing.Motion);
            if (thing.Holder == 0)
            {
                thing.Shown = thing.Motion.HasPart(AvatarState.Head);
                thing.Place = thing.Shown ? thing.Motion.Parts[AvatarState.Head] : thing.Place;
                return;
            }
            bool left = thing.Hand == "left";
            if (thing.Holder == Self)
            {
                thing.Shown = true;
                thing.Place = (left ? OwnLeft : OwnRight) * thing.Grip;
                return;
            }
            SeenPerson holder;
            PartView hand = people.TryGetValue(thing.Holder, out holder) ? (left ? holder.Left : holder.Right) : null;
            thing.Shown = hand != null && hand.Presence > 0;
            thing.Place = thing.Shown ? hand.Place * thing.Grip : thing.Place;
        }
    }
}
