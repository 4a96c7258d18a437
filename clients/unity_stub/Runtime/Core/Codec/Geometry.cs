using System;

namespace Polyclinic
{
    /// <summary>A place in the room's axes, which are OpenXR's: metres, right-handed, +Y up, -Z forward.</summary>
    public struct Vec3
    {
        public double X, Y, Z;

        public Vec3(double x, double y, double z)
        {
            X = x;
            Y = y;
            Z = z;
        }

        public bool IsFinite
        {
            get { return Finite(X) && Finite(Y) && Finite(Z); }
        }

        public static Vec3 operator +(Vec3 a, Vec3 b)
        {
            return new Vec3(a.X + b.X, a.Y + b.Y, a.Z + b.Z);
        }

        public static Vec3 operator -(Vec3 a, Vec3 b)
        {
            return new Vec3(a.X - b.X, a.Y - b.Y, a.Z - b.Z);
        }

        public static Vec3 operator *(Vec3 a, double share)
        {
            return new Vec3(a.X * share, a.Y * share, a.Z * share);
        }

        public double Length
        {
            get { return Math.Sqrt(X * X + Y * Y + Z * Z); }
        }

        internal static bool Finite(double value)
        {
            return !double.IsNaN(value) && !double.IsInfinity(value);
        }
    }

    /// <summary>A rotation x y z w.</summary>
    public struct Quat
    {
        public double X, Y, Z, W;

        public Quat(double x, double y, double z, double w)
        {
            X = x;
            Y = y;
            Z = z;
            W = w;
        }

        public static Quat Identity
        {
            get { return new Quat(0, 0, 0, 1); }
        }

        public double Length
        {
            get { return Math.Sqrt(X * X + Y * Y + Z * Z + W * W); }
        }

        public Quat Inverse
        {
            get { return new Quat(-X, -Y, -Z, W); }
        }

        public Quat Normalised
        {
            get
            {
                double length = Length;
                return new Quat(X / length, Y / length, Z / length, W / length);
            }
        }

        /// <summary>A turn about +X, in radians.</summary>
        public static Quat AboutX(double angle)
        {
            return new Quat(Math.Sin(angle / 2), 0, 0, Math.Cos(angle / 2));
        }

        /// <summary>A turn about +Y, in radians.</summary>
        public static Quat AboutY(double angle)
        {
            return new Quat(0, Math.Sin(angle / 2), 0, Math.Cos(angle / 2));
        }

        public static Quat operator *(Quat a, Quat b)
        {
            return new Quat(
                a.W * b.X + a.X * b.W + a.Y * b.Z - a.Z * b.Y,
                a.W * b.Y - a.X * b.Z + a.Y * b.W + a.Z * b.X,
                a.W * b.Z + a.X * b.Y - a.Y * b.X + a.Z * b.W,
                a.W * b.W - a.X * b.X - a.Y * b.Y - a.Z * b.Z);
        }

        public static Vec3 operator *(Quat turn, Vec3 v)
        {
            Quat turned = turn * new Quat(v.X, v.Y, v.Z, 0) * turn.Inverse;
            return new Vec3(turned.X, turned.Y, turned.Z);
        }

        /// <summary>The rotation a share of the short way from one to another; beyond 1 it goes on.</summary>
        public static Quat Slerp(Quat from, Quat to, double share)
        {
            double cosine = from.X * to.X + from.Y * to.Y + from.Z * to.Z + from.W * to.W;
            double sign = cosine < 0 ? -1 : 1;
            double angle = Math.Acos(Math.Min(1, cosine * sign));
            double before = 1 - share, after = share;
            // Below this the sine divides by next to nothing, and a straight line is as good.
            if (angle > 1e-4)
            {
                before = Math.Sin((1 - share) * angle) / Math.Sin(angle);
                after = Math.Sin(share * angle) / Math.Sin(angle);
            }
            after *= sign;
            return new Quat(
                from.X * before + to.X * after, from.Y * before + to.Y * after,
                from.Z * before + to.Z * after, from.W * before + to.W * after).Normalised;
        }
    }

    /// <summary>A place and a turn.</summary>
    public struct Place
    {
        public Vec3 Position;
        public Quat Rotation;

        public Place(Vec3 position, Quat rotation)
        {
            Position = position;
            Rotation = rotation;
        }

        /// <summary>A place given in the frame of `parent`, in the frame in which that itself is given.</summary>
        public static Place operator *(Place parent, Place child)
        {
            return new Place(parent.Position + parent.Rotation * child.Position, parent.Rotation * child.Rotation);
        }

        public Place Inverse
        {
            get
            {
                Quat back = Rotation.Inverse;
                return new Place(back * (Position * -1), back);
            }
        }

        /// <summary>The other hand's: x changes sign, and so do the turns about Y and Z.</summary>
        public Place Mirrored
        {
            get
            {
                return new Place(
                    new Vec3(-Position.X, Position.Y, Position.Z),
                    new Quat(Rotation.X, -Rotation.Y, -Rotation.Z, Rotation.W));
            }
        }
    }
}
