using System;
using Polyclinic.Protocol.Generated;

namespace Polyclinic
{
    // What one asks of the server.
    public sealed partial class Room
    {
        /// <summary>Write to those who may perceive one.</summary>
        public void Say(string text, Action<Outcome> answered = null)
        {
            Operate(Bodies.ChatFeature, Bodies.ChatSay, new Say { Text = text }, answered);
        }

        /// <summary>Take a thing in hand; `grip` is where it is in that hand's frame (World.TryGrip), within a metre along each
        /// axis. Throws ArgumentException.</summary>
        public void Grab(SeenThing thing, bool left, Place grip, Action<Outcome> answered = null)
        {
            Operate(Bodies.PropsFeature, Bodies.PropsGrab, new Grab
            {
                Prop = thing.Entity, Hand = left ? "left" : "right", Grip = Props.Grip(grip), Ownership = thing.Ownership,
            }, answered);
        }

        /// <summary>Put down what one holds. Throws ArgumentException for a place that is none.</summary>
        public void Put(SeenThing thing, Place place, Action<Outcome> answered = null)
        {
            Props.Check(place);
            Operate(Bodies.PropsFeature, Bodies.PropsPut, new Put
            {
                Prop = thing.Entity, Position = Props.Position(place.Position),
                Rotation = Props.Rotation(place.Rotation), Ownership = thing.Ownership,
            }, answered);
        }

        /// <summary>Let whoever wishes take what one holds, or no longer.</summary>
        public void Offer(SeenThing thing, bool offered, Action<Outcome> answered = null)
        {
            Operate(
                Bodies.PropsFeature, Bodies.PropsOffer, new Offer { Prop = thing.Entity, Offered = offered }, answered);
        }

        /// <summary>Push or turn what nobody holds. Throws ArgumentException for a place that is none.</summary>
        public void Move(SeenThing thing, Place place, Action<Outcome> answered = null)
        {
            Props.Check(place);
            Operate(Bodies.PropsFeature, Bodies.PropsMove, new Move
            {
                Prop = thing.Entity, Position = Props.Position(place.Position),
                Rotation = Props.Rotation(place.Rotation), Ownership = thing.Ownership, Authority = thing.Authority,
            }, answered);
        }

        /// <summary>Ask a feature for something. Throws InvalidOperationException once the room has ended.</summary>
        public void Operate(string feature, string type, IWireMap body, Action<Outcome> answered = null)
        {
            if (State == RoomState.Ended)
            {
                throw new InvalidOperationException("the room was left");
            }
            session.Operate(feature, type, body, answered ?? (outcome => { }));
        }

        /// <summary>Ask to be sent at most so many kbit/s; 1,000,000 lifts the limit.</summary>
        public void Limit(int kbits)
        {
            session.Limit(kbits);
        }
    }
}
